import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LoadedPharmacy } from '#e2e/kill/loaded-pharmacy.ts';
import { Random } from '#e2e/support/random.ts';
import { Stack } from '#e2e/support/stack.ts';
import { auditLeafSchema } from '#schema/audit/leaf.ts';
import { HOUR_MS } from '#schema/time.ts';
import { backUp, RESTORED_FILE, restore } from '#server/ops/copy-data.ts';

/** Tablets that go on while the server is set back. */
const TABLETS = 2;
/** So many restores meet one pharmacy; the next one starts with short books. */
const RESTORES_A_PHARMACY = 4;
const WORK_MS_MAX = 900;

/** What a run of restores found; every fault was said in words. */
export interface RewindResult {
  readonly restores: number;
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: number;
}

/**
 * Puts a copy of the stopped server's data folder, an hour old, in the place of the present one while tablets are in the middle of their work, and lets them heal
 * it: every act that is still on a tablet must be in the log once, with the records it makes, and the books must add up. Every second time nobody says
 * that the data were put back, as when somebody copies files by hand.
 */
export async function rewindServer(count: number, seed: number, say: (line: string) => void): Promise<RewindResult> {
  const random = new Random(seed);
  const stack = await Stack.start();
  const folder = await mkdtemp(path.join(tmpdir(), 'rewind-'));
  const found = { restores: 0, lost: 0, doubled: 0, wrong: 0 };
  try {
    while (found.restores < count) {
      const pharmacy = await LoadedPharmacy.open(stack, `owner-${found.restores}`, TABLETS, new Random(seed + found.restores));
      try {
        const until = Math.min(count, found.restores + RESTORES_A_PHARMACY);
        while (found.restores < until) {
          const isSilent = found.restores % 2 === 1;
          const lostHour = await rewindOnce({
            stack,
            pharmacy,
            random,
            isSilent,
            copy: path.join(folder, String(found.restores)),
          });
          found.restores += 1;
          await pharmacy.drain();
          const faults = await compareHealed(pharmacy);
          for (const line of [...faults.lost, ...faults.doubled, ...faults.wrong]) say(line);
          for (const kind of ['lost', 'doubled', 'wrong'] as const) found[kind] += faults[kind].length;
          say(
            `restore ${found.restores}${isSilent ? ', unsaid' : ''}: ${pharmacy.saved} acts, ${lostHour} of them in the hour that was lost`,
          );
        }
      } finally {
        await pharmacy.close();
      }
    }
    return found;
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Answers how many acts were made after the copy. */
async function rewindOnce(options: {
  readonly stack: Stack;
  readonly pharmacy: LoadedPharmacy;
  readonly random: Random;
  readonly isSilent: boolean;
  readonly copy: string;
}): Promise<number> {
  const { stack, pharmacy, random, isSilent, copy } = options;
  const work = async () => {
    pharmacy.start();
    await delay(random.next() * WORK_MS_MAX);
    await pharmacy.pause();
  };
  await work();
  // Half the copies are taken while something is unsent.
  if (random.next() < 0.5) await pharmacy.drain();
  await stack.halt();
  await backUp(stack.dataDir, copy);
  await stack.restart();
  const before = pharmacy.saved;
  stack.advance(HOUR_MS);
  pharmacy.syncNow();
  await work();
  if (random.next() < 0.7) await pharmacy.drain();
  await work();
  await stack.halt();
  const aside = await restore(stack.dataDir, copy, new Date(stack.now).toISOString());
  await rm(aside, { recursive: true });
  if (isSilent) await rm(path.join(stack.dataDir, RESTORED_FILE));
  // Some acts are made while the server is away, some before the tablets find out.
  if (random.next() < 0.5) await work();
  const made = pharmacy.saved - before;
  await stack.restart();
  for (let i = Math.floor(random.next() * 6); i > 0; i -= 1) await pharmacy.program.act('till.add', { name: `After ${i}` });
  if (random.next() < 0.5) await work();
  return made;
}

/** Every saved act is in the log once, with the records it makes; stock on hand is the sum of its movements; no digest ever differed. */
async function compareHealed({ program, tablets }: LoadedPharmacy) {
  const [lost, doubled, wrong]: string[][] = [[], [], []];
  // Reading it checks the chain link by link.
  const log = await program.readAudit();
  const hashes = new Map<string, string[]>();
  for (const { leaf, mutation } of log) {
    const { deviceId, n, action } = auditLeafSchema.parse(JSON.parse(leaf));
    if (action.includes('digest')) wrong?.push(`the log has ${leaf}`);
    if (n === null || mutation === null) continue;
    const name = `${deviceId} ${n}`;
    hashes.set(name, [...(hashes.get(name) ?? []), createHash('sha256').update(mutation, 'utf8').digest('hex')]);
  }
  const movements = await program.records('stockMovement');
  const made = new Set([...(await program.records('cashMovement')), ...(await program.records('sale'))].map(({ id }) => id));
  for (const { session, saved } of tablets) {
    for (const { n, hash, name } of saved) {
      const logged = hashes.get(`${session.device.id} ${n}`) ?? [];
      if (!logged.includes(hash)) lost?.push(`${session.device.name} ${n} is not in the log as it was made`);
      if (logged.length > 1) doubled?.push(`${session.device.name} ${n} is ${logged.length} times in the log`);
      const makes = name === 'sale.record' || name === 'cashMovement.record';
      if (makes && !made.has(`${session.device.id}-${n}-0`)) lost?.push(`${session.device.name} ${n} ${name} made no record`);
    }
  }
  for (const lot of await program.records('lot')) {
    const sum = movements.filter(({ lotId }) => lotId === lot.id).reduce((units, one) => units + one.units, 0);
    if (sum !== lot.onHandUnits) wrong?.push(`lot ${lot.id} has ${lot.onHandUnits} units, its movements ${sum}`);
  }
  return { lost: lost ?? [], doubled: doubled ?? [], wrong: wrong ?? [] };
}
