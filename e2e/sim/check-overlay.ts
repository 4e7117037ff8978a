import type { OpenWorkspace } from '#client/create-workspace.ts';
import { foldOverlay } from '#schema/overlay.ts';
import type { Device } from '#schema/records/device.ts';
import type { RecordKind } from '#schema/records/registry.ts';
import { RECORDS } from '#schema/records/registry.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import { isInSet, kindsInSet } from '#schema/sync/sets.ts';
import { nameOf, RANGE_MAX, type RecordLoader, type Stored } from '#schema/working-set.ts';
import type { Random } from '../support/random.ts';
import type { Journal } from './journal.ts';
import type { MemoryDatabase } from './memory-database.ts';
import { ALL_RECORDS, differenceOf, outboxOf, outboxRowsOf } from './oracle.ts';
import type { SimTab, SimTablet, World } from './world.ts';

/** Further apart, too much happened while the tab was asked. */
const SEQS_MAX = 12;

/**
 * What a tab shows must be the tenant's true state at some seq it has been at, with exactly those own acts on top that are not inside that state: every
 * one that showed "saved", none twice (SY20, SY22).
 */
export async function checkOverlay(
  world: World,
  tablet: SimTablet,
  { workspace, process, knownN }: SimTab,
  random: Random,
  journal: Journal,
): Promise<void> {
  if (!workspace) return;
  // Half of the time what everybody changes: there, two moments that are mixed show most.
  const kinds = kindsInSet(tablet.set).filter((one) => !RECORDS[one].ledger);
  const kind = (random.chance(0.5) ? 'lot' : random.pick(kinds)) ?? 'lot';
  const databasesBefore = databasesOf(world);
  const before = { ...(await standOf(workspace)), n: knownN };
  const shown = await workspace.readRecords(kind, { limit: ALL_RECORDS });
  const after = { ...(await standOf(workspace)), n: outboxRowsOf(tablet).length };
  // Nobody can tell before the rows are counted again.
  if (tablet.hadRot.length > 0) return;
  const [from, to] = [Math.min(before.seq, after.seq), Math.max(before.seq, after.seq)];
  const { set } = after;
  if (to - from > SEQS_MAX || before.set !== set || databasesBefore.length !== databasesOf(world).length) return;
  // Whoever went over to another history in between was at first where the snapshot of it was, and at later seqs of it since.
  const wentOver = after.seq < before.seq || after.epoch !== before.epoch;
  const earliest = wentOver ? Math.max(0, from - SEQS_MAX) : from;
  let nearest = '';
  const own = outboxOf(tablet)
    .map(({ mutation }) => mutation)
    .sort((a, b) => a.n - b.n);
  for (const database of databasesBefore)
    for (let seq = to; seq >= earliest; seq -= 1) {
      const state = stateAt(database, seq, set);
      for (let lastN = before.n; lastN <= after.n; lastN += 1)
        for (const ackedN of ackedAt(database, tablet.session.device.id, seq)) {
          const acts = own.filter(({ n }) => n > ackedN && n <= lastN);
          const expected = await foldOver(world, tablet, set, state, acts, kind);
          const difference = differenceOf(shown, expected);
          if (difference === null) return;
          nearest ||= `${kind} at seq ${seq}, own acts ${ackedN + 1} to ${lastN}: ${difference}`;
        }
    }
  journal.problems.push(
    `${process.name} at ${new Date(world.scheduler.now).toISOString().slice(11, 23)} shows what no order of events explains: ${nearest}`,
  );
}

/** A tablet that has not heard yet of a rewind still shows the state that was lost. */
function databasesOf(world: World): MemoryDatabase[] {
  return [world.database, ...world.lost.toReversed()];
}

/** Where a tab's replica stands, of which epoch it is, and what it is to hold; before there is one, the usual set is supposed. */
function standOf(
  workspace: OpenWorkspace,
): Promise<{ readonly seq: number; readonly epoch: number | null; readonly set: Device['set'] }> {
  return new Promise((resolve) => {
    const stop = workspace.watchSync(({ seq, keeps }) => {
      resolve({ seq, epoch: keeps?.epoch ?? null, set: keeps?.set ?? 'office' });
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

/** The records of a set as they were at `seq`, by name. */
function stateAt(database: MemoryDatabase, seq: number, set: Device['set']): ReadonlyMap<string, Stored> {
  const state = new Map<string, Stored>();
  for (const [name, { stored }] of database.at(seq)) if (isInSet(set, stored.kind)) state.set(name, stored);
  return state;
}

async function foldOver(
  world: World,
  { session }: SimTablet,
  set: Device['set'],
  state: ReadonlyMap<string, Stored>,
  acts: readonly Mutation[],
  kind: RecordKind,
): Promise<{ id: string }[]> {
  const { id: deviceId, number: deviceNumber } = session.device;
  const fold = await foldOverlay({ deviceId, deviceNumber, sha256: world.sha256 }, loaderOf(state, set), acts);
  const shown: { id: string }[] = [];
  const changed = fold.overlay().records;
  for (const [name, stored] of state) if (stored.kind === kind && !changed.has(name)) shown.push(stored.body);
  for (const stored of changed.values()) if (stored.kind === kind) shown.push(stored.body);
  return shown;
}

function loaderOf(state: ReadonlyMap<string, Stored>, set: Device['set']): RecordLoader {
  return {
    load: async (keys) => keys.flatMap(({ kind, id }) => state.get(nameOf(kind, id)) ?? []),
    loadRange: async ({ range, parent, since }) => {
      const fields = RECORDS[range].range;
      const at = ({ body }: Stored) => Number((body as Readonly<Record<string, unknown>>)[fields?.sinceField ?? '']);
      const isIn = (stored: Stored) =>
        stored.kind === range &&
        (stored.body as Readonly<Record<string, unknown>>)[fields?.parentField ?? ''] === parent &&
        at(stored) >= since;
      return [...state.values()]
        .filter(isIn)
        .sort((a, b) => at(a) - at(b))
        .slice(-RANGE_MAX);
    },
    isHere: (kind, id) => isInSet(set, kind, id),
  };
}
