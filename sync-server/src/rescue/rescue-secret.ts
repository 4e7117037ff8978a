import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * The secret that rescue keys follow from: `RESCUE_SECRET`, or `keys/rescue-secret` in the data folder, made at the first start. Whoever loses it can no
 * longer read rescue files made before; whoever has it can read all. Several servers of one database must be given the same.
 */
export async function loadRescueSecret(dataDir: string, given: string | null): Promise<Uint8Array> {
  if (given !== null) return Buffer.from(given, 'hex');
  const file = path.join(dataDir, 'keys', 'rescue-secret');
  const kept = (await readSecret(file)) ?? (await makeSecret(file));
  if (!/^[0-9a-f]{64}$/.test(kept))
    throw new Error(`${file} does not hold 64 hex digits; put the right one back or set RESCUE_SECRET`);
  return Buffer.from(kept, 'hex');
}

async function readSecret(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Linked into place when it is whole, so that two starts at once agree on one. */
async function makeSecret(file: string): Promise<string> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  const own = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(own, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true });
  await link(own, file).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  await rm(own);
  return (await readSecret(file)) ?? '';
}
