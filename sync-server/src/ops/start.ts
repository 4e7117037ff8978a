import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readConfig } from '../config.ts';
import { EmbeddedPostgresError } from '../db/embedded/embedded-postgres-error.ts';
import { createNodeEnv } from '../env.ts';
import { readRescueFile } from '../rescue/read-rescue-file.ts';
import { RescueKeys } from '../rescue/rescue-keys.ts';
import { loadRescueSecret } from '../rescue/rescue-secret.ts';
import { backUp, NotCopied, restore } from './copy-data.ts';

/** `npm run ops -- COMMAND`: what whoever runs the server does by hand. Needs no running server. */

const USAGE = `npm run ops -- backup FOLDER
  Copies the data of a stopped server (DATA_DIR) into a new folder.
npm run ops -- restore FOLDER
  Puts such a copy in its place; what was there is kept beside it. The next start begins a new epoch: tablets send again what
  the copy does not have.
npm run ops -- rescue-read FILE [--json]
  Opens a tablet's rescue file with this server's rescue secret (RESCUE_SECRET or DATA_DIR), checks the chain of its acts and
  lists what had not been sent; --json prints all acts with their receipts.`;

const [command, ...given] = process.argv.slice(2);
const files = given.filter((word) => word !== '--json');
if (command === 'rescue-read' && files[0] !== undefined) await rescueRead(files[0], given.includes('--json'));
else if (command === 'backup' && files[0] !== undefined) await copyData(files[0], 'backup');
else if (command === 'restore' && files[0] !== undefined) await copyData(files[0], 'restore');
else {
  console.error(USAGE);
  process.exitCode = 2;
}

async function rescueRead(path: string, asJson: boolean): Promise<void> {
  const config = readConfig(process.env);
  if (!config.ok) throw new Error(config.error.join('\n'));
  const keys = new RescueKeys(await loadRescueSecret(config.value.dataDir, config.value.rescueSecret));
  const read = readRescueFile(await readFile(path, 'utf8'), keys, createNodeEnv().sha256);
  if (!read.ok) {
    console.error(read.error);
    process.exitCode = 1;
    return;
  }
  const { header, entries } = read.value;
  if (asJson) {
    console.log(JSON.stringify(read.value, null, 2));
    return;
  }
  const exportedAt = new Date(header.exportedAt).toISOString();
  console.log(`tablet T${header.deviceNumber} (${header.deviceId}) of ${header.tenantId}, exported ${exportedAt}`);
  console.log(`${header.acts} acts, ${header.unsent} without a receipt; the chain fits together`);
  for (const { mutation, receipt } of entries)
    if (receipt === null)
      console.log(
        `  T${header.deviceNumber}-${mutation.n} ${new Date(mutation.madeAt).toISOString()} ${mutation.name} by ${mutation.actorId}`,
      );
}

async function copyData(folder: string, what: 'backup' | 'restore'): Promise<void> {
  const config = readConfig(process.env);
  if (!config.ok) throw new Error(config.error.join('\n'));
  const { dataDir } = config.value;
  try {
    if (what === 'backup') {
      await backUp(dataDir, path.resolve(folder));
      console.log(`${dataDir} was copied to ${folder}`);
    } else {
      const aside = await restore(dataDir, path.resolve(folder), new Date(createNodeEnv().now()).toISOString());
      console.log(`${dataDir} is now the copy in ${folder}; what was there is in ${aside}`);
    }
  } catch (error) {
    if (!(error instanceof NotCopied || error instanceof EmbeddedPostgresError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
