import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '#e2e/support/random.ts';
import { Stack } from '#e2e/support/stack.ts';
import type { Faults } from './books.ts';
import { LoadedPharmacy } from './loaded-pharmacy.ts';

/** Tablets that work at the same time. */
const TABLETS = 3;
/** So many kills meet one pharmacy; the next one starts with short books, so that each check can read them whole. */
const KILLS_A_PHARMACY = 10;
/** Longest time from a check to the next kill. */
const LOAD_MS_MAX = 600;
/** One kill in so many is followed by a second one while the server starts. */
const SECOND_KILL_IN = 6;
const START_MS = 1_500;

/** What a run of kills found. */
export interface KillResult {
  readonly kills: number;
  readonly receiptedLost: number;
  readonly savedLost: number;
  readonly doubled: number;
}

/**
 * Kills the server, or the database under it, −9 at random moments while tablets push without a break, and compares the books after each kill with everything any
 * tablet was ever told. The moments come from the seed; what the machine does at them does not.
 */
export async function killUnderLoad(
  target: 'server' | 'postgres',
  count: number,
  seed: number,
  say: (line: string) => void,
): Promise<KillResult> {
  const random = new Random(seed);
  const stack = await Stack.start({ clock: 'real' });
  const found = { receiptedLost: 0, savedLost: 0, doubled: 0 };
  const note = (faults: Faults) => {
    for (const line of [...faults.receiptedLost, ...faults.savedLost, ...faults.doubled]) say(line);
    found.receiptedLost += faults.receiptedLost.length;
    found.savedLost += faults.savedLost.length;
    found.doubled += faults.doubled.length;
  };
  let kills = 0;
  try {
    while (kills < count) {
      const pharmacy = await LoadedPharmacy.open(stack, `owner-${kills}`, TABLETS, new Random(seed + kills));
      try {
        const until = Math.min(count, kills + KILLS_A_PHARMACY);
        while (kills < until) {
          const startedAt = performance.now();
          pharmacy.start();
          await delay(random.next() * LOAD_MS_MAX);
          kills += await killOnce(stack, target, random, until - kills);
          pharmacy.syncNow();
          await delay(random.next() * LOAD_MS_MAX);
          await pharmacy.pause();
          note(await pharmacy.check(false));
          say(`kill ${kills}: ${pharmacy.saved} acts so far, ${Math.round(performance.now() - startedAt)} ms`);
        }
        await pharmacy.drain();
        note(await pharmacy.check(true));
      } finally {
        await pharmacy.close();
      }
    }
  } finally {
    await stack.stop();
  }
  return { kills, ...found };
}

/** One kill and a start on the same data, sometimes a second kill in the middle of the start; answers how many it were. */
async function killOnce(stack: Stack, target: 'server' | 'postgres', random: Random, left: number): Promise<number> {
  const kill = () => (target === 'server' ? stack.kill() : stack.killDatabase());
  await kill();
  const isTwice = random.next() < 1 / SECOND_KILL_IN && left > 1;
  if (isTwice) {
    const starting = stack.restart().catch(() => undefined);
    await delay(random.next() * START_MS);
    await stack.kill();
    await starting;
  }
  await stack.restart();
  return isTwice ? 2 : 1;
}
