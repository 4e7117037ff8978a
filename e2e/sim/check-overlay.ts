import type { OpenWorkspace } from '#client/create-workspace.ts';
import { foldOverlay } from '#schema/overlay.ts';
import type { Device } from '#schema/records/device.ts';
import type { RecordKind } from '#schema/records/registry.ts';
import { RECORDS } from '#schema/records/registry.ts';
import { isInSet, kindsInSet } from '#schema/sync/sets.ts';
import { nameOf, RANGE_MAX, type RecordLoader, type Stored } from '#schema/working-set.ts';
import type { Random } from '../support/random.ts';
import type { Journal } from './journal.ts';
import type { MemoryDatabase } from './memory-tenant-store.ts';
import { ALL_RECORDS, differenceOf, outboxOf } from './oracle.ts';
import type { SimTab, SimTablet, World } from './world.ts';

/** Further apart, too much happened while the tab was asked. */
const SEQS_MAX = 12;

/**
 * What a tab shows must be the tenant's true state at some seq it has been at, with exactly those own acts on top that are not inside that state: every
 * one that showed "saved", none twice (SY20, SY22). `knownN` is up to where the tab must know of them.
 */
export async function checkOverlay(
  world: World,
  tablet: SimTablet,
  { workspace, process }: SimTab,
  random: Random,
  journal: Journal,
  knownN = outboxOf(tablet).length,
): Promise<void> {
  if (!workspace) return;
  const kind = random.pick(kindsInSet(tablet.set).filter((one) => !RECORDS[one].ledger)) ?? 'lot';
  const databasesBefore = databasesOf(world);
  const before = { seq: await seqOf(workspace), n: knownN };
  const shown = await workspace.readRecords(kind, { limit: ALL_RECORDS });
  const after = { seq: await seqOf(workspace), n: outboxOf(tablet).length };
  const [from, to] = [Math.min(before.seq, after.seq), Math.max(before.seq, after.seq)];
  if (to - from > SEQS_MAX || databasesBefore.length !== databasesOf(world).length) return;
  let nearest = '';
  for (const database of databasesBefore)
    for (let seq = to; seq >= from; seq -= 1)
      for (let lastN = before.n; lastN <= after.n; lastN += 1)
        for (const ackedN of ackedAt(database, tablet.session.device.id, seq)) {
          const expected = await foldAt(world, database, tablet, { seq, ackedN, lastN }, kind);
          const difference = differenceOf(shown, expected);
          if (difference === null) return;
          nearest ||= `${kind} at seq ${seq}, own acts ${ackedN + 1} to ${lastN}: ${difference}`;
        }
  journal.problems.push(
    `${process.name} at ${new Date(world.scheduler.now).toISOString().slice(11, 23)} shows what no order of events explains: ${nearest}`,
  );
}

/** A tablet that has not heard yet of a rewind still shows the state that was lost. */
function databasesOf(world: World): MemoryDatabase[] {
  return [world.database, ...world.lost.toReversed()];
}

function seqOf(workspace: OpenWorkspace): Promise<number> {
  return new Promise((resolve) => {
    const stop = workspace.watchSync(({ seq }) => {
      resolve(seq);
      queueMicrotask(() => stop());
    });
  });
}

/** Own numbers that the state at `seq` may hold: acts that wrote nothing lie between two seqs. */
function ackedAt({ log }: MemoryDatabase, deviceId: string, seq: number): number[] {
  const possible = [0];
  for (const { deviceId: device, n, receipt } of log) {
    if (device !== deviceId || n === null || receipt === null) continue;
    if (receipt.seq !== null && receipt.seq > seq) break;
    if (receipt.seq !== null) possible.length = 0;
    possible.push(n);
  }
  return possible.toReversed();
}

async function foldAt(
  world: World,
  database: MemoryDatabase,
  tablet: SimTablet,
  { seq, ackedN, lastN }: { seq: number; ackedN: number; lastN: number },
  kind: RecordKind,
): Promise<{ id: string }[]> {
  const state = new Map([...database.at(seq)].filter(([, { stored }]) => isInSet(tablet.set, stored.kind)));
  const own = outboxOf(tablet)
    .map(({ mutation }) => mutation)
    .filter(({ n }) => n > ackedN && n <= lastN)
    .sort((a, b) => a.n - b.n);
  const { id: deviceId, number: deviceNumber } = tablet.session.device;
  const fold = await foldOverlay(
    { deviceId, deviceNumber, sha256: world.sha256 },
    loaderOf(
      [...state.values()].map(({ stored }) => stored),
      tablet.set,
    ),
    own,
  );
  const changed = fold.overlay().records;
  const under = [...state].flatMap(([name, { stored }]) => (changed.has(name) ? [] : [stored]));
  return [...under, ...changed.values()].flatMap((stored) => (stored.kind === kind ? [stored.body] : []));
}

function loaderOf(all: readonly Stored[], set: Device['set']): RecordLoader {
  const byName = new Map(all.map((stored) => [nameOf(stored.kind, stored.body.id), stored]));
  return {
    load: async (keys) => keys.flatMap(({ kind, id }) => byName.get(nameOf(kind, id)) ?? []),
    loadRange: async ({ range, parent, since }) => {
      const fields = RECORDS[range].range;
      const at = ({ body }: Stored) => Number((body as Readonly<Record<string, unknown>>)[fields?.sinceField ?? '']);
      const isIn = (stored: Stored) =>
        stored.kind === range &&
        (stored.body as Readonly<Record<string, unknown>>)[fields?.parentField ?? ''] === parent &&
        at(stored) >= since;
      return all
        .filter(isIn)
        .sort((a, b) => at(a) - at(b))
        .slice(-RANGE_MAX);
    },
    isHere: (kind, id) => isInSet(set, kind, id),
  };
}
