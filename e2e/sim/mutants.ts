import type { SourceChange } from './bundle.ts';

/** A protocol bug to plant: what it is, which rule it breaks, and the change that makes it. */
export interface Mutant {
  readonly name: string;
  readonly rule: string;
  readonly changes: readonly SourceChange[];
}

const OUTBOX = 'client/src/store/outbox.ts';
const DOUBTED = 'client/src/store/doubted-receipts.ts';
const REPLICA = 'client/src/store/replica.ts';
const SLOTS = 'client/src/store/replica-slots.ts';
const OVERLAY = 'client/src/store/overlay-store.ts';
const SESSION = 'client/src/session.ts';
const PUSHER = 'client/src/sync/pusher.ts';
const LOOP = 'client/src/sync/sync-loop.ts';
const MACHINE = 'client/src/sync/sync-machine.ts';
const INTAKE = 'sync-server/src/apply/apply-mutations.ts';
const RUN = 'sync-server/src/apply/tenant-run.ts';
const DOOR = 'sync-server/src/apply/door.ts';
const PULL = 'sync-server/src/sync/pull.ts';
const SNAPSHOT = 'sync-server/src/sync/snapshot.ts';
const READER = 'client/src/sync/snapshot-reader.ts';
const TRANSPORT = 'client/src/sync/transport.ts';
const SERIES = 'shared-schema/src/domain/z-series.ts';
const TAKE = 'client/src/sync/take-snapshot.ts';

/** Changes one place of one file. */
function mutant(
  name: string,
  rule: string,
  ...changes: readonly (readonly [file: string, find: string, replace: string])[]
): Mutant {
  return { name, rule, changes: changes.map(([file, find, replace]) => ({ file, find, replace })) };
}

/** The bugs, each of which the simulation must find by itself. */
export const MUTANTS: readonly Mutant[] = [
  mutant(
    'the number is taken without the lock, and an insert that finds it taken counts as saved',
    'SY1',
    [
      OUTBOX,
      'return this.#env.locks.withLock(`number ${this.#deviceId}`, async () => {',
      'return Promise.resolve().then(async () => {',
    ],
    [OUTBOX, 'if (await this.#store.insert(rowOf(mutation))) {', 'if ((await this.#store.insert(rowOf(mutation))) || true) {'],
  ),
  mutant('the counter skips a number after a refusal', 'SY1', [
    OUTBOX,
    'n: (tail?.seq ?? 0) + 1 }',
    'n: (tail?.seq ?? 0) + (tail && tail.seq % 9 === 0 ? 2 : 1) }',
  ]),
  mutant('a mutation is not chained to the one before it', 'SY1', [
    OUTBOX,
    'chainMutation(wire, tail ? hashIn(tail) : CHAIN_START,',
    'chainMutation(wire, CHAIN_START,',
  ]),
  mutant('a full disk counts as saved', 'SY2', [
    OUTBOX,
    'if (await this.#store.insert(rowOf(mutation))) {',
    'if (await this.#store.insert(rowOf(mutation)).catch(() => true)) {',
  ]),
  mutant('"saved" is said before the disk has it', 'SY2', [
    OUTBOX,
    'if (await this.#store.insert(rowOf(mutation))) {',
    'this.#store.insert(rowOf(mutation)).catch(() => false); {',
  ]),
  mutant('the pusher reads the outbox from a cache that other tabs do not change', 'SY5', [
    OUTBOX,
    'return (await this.#store.query({ kind: KIND, status: PENDING, limit })).map((row) => entryOf(row).mutation);',
    'const seen = (this as any).seen ??= new Map(); if (!seen.has(limit) || seen.get(limit).length > 0) seen.set(limit, (await this.#store.query({ kind: KIND, status: PENDING, limit })).map((row) => entryOf(row).mutation)); return seen.get(limit);',
  ]),
  mutant('a pull is applied whatever the replica has become meanwhile', 'SY5', [
    SLOTS,
    'if (!isSameState(base, await this.#current.checkpoint())) return null;',
    '',
  ]),
  mutant(
    'receipts leave although the commit failed',
    'SY6',
    [DOOR, 'let isDecided = false;', 'let isDecided = false; let decided: any = null;'],
    [DOOR, 'isDecided = true;', 'isDecided = true; decided = applied.outcomes;'],
    [
      DOOR,
      "return { kind: isDecided ? 'unknown' : 'undone', error };",
      "return decided ? { kind: 'committed', outcomes: decided } : { kind: 'undone', error };",
    ],
  ),
  mutant('what the server has received before is taken in again', 'SY7', [
    INTAKE,
    'else if (known) answered.push(known.receipt);',
    'else if (known) fresh.push(act);',
  ]),
  mutant('the server forgets how far a device has come', 'SY7', [RUN, 'lastN: received.n,', 'lastN: device.lastN,']),
  mutant('the server does not remember the hash it has reached', 'SY7', [
    RUN,
    'lastHash: received.hash,',
    'lastHash: device.lastHash,',
  ]),
  mutant('the server accepts a gap', 'SY8', [
    INTAKE,
    "if (first.n > device.lastN + 1) return { kind: 'gap', expected: device.lastN + 1 };",
    '',
  ]),
  mutant('nothing is sent again to a server that was restored', 'SY8', [
    PUSHER,
    'const settledN = await this.#outbox.settledN();\n    if (settledN',
    'const settledN = ackedN;\n    if (settledN',
  ]),
  mutant('what a server said before it was restored is believed for ever', 'SY8', [
    DOUBTED,
    'this.#local.set(this.#name, `${generation} ${from}`);',
    'if (generation < 0) this.#local.set(this.#name, `${generation} ${from}`);',
  ]),
  mutant('an act that the database refuses fails its push for ever', 'SY9', [
    INTAKE,
    'if (!transaction.isDataError(error)) throw error;',
    'if (error) throw error;',
  ]),
  mutant('a refused write leaves its place in the chain taken', 'SY9', [RUN, '      this.#head = head;\n', '']),
  mutant('acts are judged in the wrong order', 'SY6', [
    INTAKE,
    'for (const received of intake.fresh)',
    'for (const received of intake.fresh.toReversed())',
  ]),
  mutant('some receipts are not stored', 'SY11', [
    OUTBOX,
    'return receipt && !(known &&',
    'return receipt && receipt.n % 7 !== 3 && !(known &&',
  ]),
  mutant('a tablet that gave up stays silent', 'SY11', [
    MACHINE,
    "event.kind === 'wake' && event.by !== 'local' ? work(0)",
    "event.kind === 'wake' && event.by === 'tap' ? work(0)",
  ]),
  mutant('a failure ends the attempts without a later one', 'SY11', [
    MACHINE,
    'const ms = Math.floor(event.random * backoffCeilingMs(attempt));',
    'const ms = 1e12 + Math.floor(event.random * backoffCeilingMs(attempt));',
  ]),
  mutant(
    'a page claims to reach the head',
    'SY14',
    [PULL, 'next: more ? (rows.at(-1)?.seq ?? since) : head.seq,', 'next: head.seq,'],
    [PULL, '    more,\n', '    more: false,\n'],
  ),
  mutant('the checkpoint is not written with the page', 'SY15', [
    REPLICA,
    'await this.#store.write([...rows.values(), digestRow(digest.sums()), checkpointRow(checkpoint)]);',
    'await this.#store.write([...rows.values(), digestRow(digest.sums())]);',
  ]),
  mutant('the checkpoint is written before the page', 'SY15', [
    REPLICA,
    'await this.#store.write([...rows.values(), digestRow(digest.sums()), checkpointRow(checkpoint)]);',
    'await this.#store.write([checkpointRow(checkpoint)]); await this.#store.write([...rows.values(), digestRow(digest.sums())]);',
  ]),
  mutant('every page is applied as if it were the head', 'SY15', [
    LOOP,
    'if (answer.more || (answer.receipts.length > 0 && heardN < answer.ackedN)) continue;',
    '',
  ]),
  mutant(
    'a snapshot leaves a kind out',
    'SY17',
    [
      SNAPSHOT,
      'for (const kind of kindsInSet(set)) counts.set(',
      "for (const kind of kindsInSet(set).filter((one) => one !== 'lot')) counts.set(",
    ],
    [
      SNAPSHOT,
      "partsBehind(resume?.after ?? '', kindsInSet(set))",
      "partsBehind(resume?.after ?? '', kindsInSet(set).filter((one) => one !== 'lot'))",
    ],
  ),
  mutant('a snapshot that was cut counts as whole', 'SY17', [
    READER,
    '  throw new SnapshotCut();\n}\n\n/** The stream',
    '  if (!header) throw new SnapshotCut();\n  return header;\n}\n\n/** The stream',
  ]),
  mutant('a snapshot that is gone on with begins at its first mark again', 'SY17', [TAKE, 'after: begun.after,', "after: '',"]),
  mutant('what changed while a snapshot came is not pulled', 'SY17', [
    TAKE,
    'const { records, checkpoint, holds, heardIn } = await gather(progress);',
    'const { checkpoint, holds, heardIn } = await gather(progress); const records = [];',
  ]),
  mutant('rows that went bad are not looked for', 'SY18', [
    'client/src/sync/digest-watch.ts',
    'if (Object.keys(subtractSums(counted, kept)).length === 0) {',
    'if (counted) {',
  ]),
  mutant('the digest keeps what a record was before', 'SY18', [
    RUN,
    'for (const before of await this.#workingSet.before(replaceable)) digest.remove(before);',
    '',
  ]),
  mutant(
    'a restored server is taken for the one before',
    'SY19',
    [
      PULL,
      'if (epoch !== head.epoch || since > head.seq || (seen && !(await isOfThisHistory(state, seen))))',
      'if (since > head.seq)',
    ],
    [LOOP, "if (answer.epoch !== from.epoch) throw new SyncRefused(409, 'rebuild', {}, null);", ''],
  ),
  mutant('an act leaves the overlay with its receipt', 'SY20', [
    OVERLAY,
    'const waiting = (await this.#outbox.from(ackedN + 1)).map(({ mutation }) => mutation);',
    'const waiting = (await this.#outbox.from(ackedN + 1)).filter(({ receipt }) => receipt === null).map(({ mutation }) => mutation);',
  ]),
  mutant('an act stays in the overlay one pull too long', 'SY20', [
    OVERLAY,
    'const ackedN = base?.ackedN ?? 0;',
    'const ackedN = Math.max(0, (base?.ackedN ?? 0) - 1);',
  ]),
  mutant('the server counts an act as inside that is not', 'SY20', [
    PULL,
    '    ackedN,\n    receipts,',
    '    ackedN: ackedN + 1,\n    receipts,',
  ]),
  mutant('a list is read although the replica moved under it', 'SY20', [
    OVERLAY,
    'if (isSure && isSameState(folded.base, await replica.checkpoint())) return seen;',
    'return seen;',
  ]),
  mutant('an act that is sent again does not bring the receipt it had', 'SY8', [
    TRANSPORT,
    'const earlier = batch.flatMap(({ receipt }) => receipt ?? []);',
    'const earlier: never[] = [];',
  ]),
  mutant('a tablet whose stores were cleared does not say how far it had come', 'SY25', [
    SESSION,
    'const madeN = lastMade(env, gone.id);',
    'const madeN = null;',
  ]),
  mutant('an audit entry is not chained to the one before it', 'C17', [
    RUN,
    'prev: this.#head.chainHash, ...leaf',
    "prev: '0'.repeat(64), ...leaf",
  ]),
  mutant('a tablet that the server forgot is not enrolled again', 'SY8', [
    LOOP,
    "error.code !== 'device_not_enrolled'",
    "error.code !== 'device_not_known'",
  ]),
  mutant('a Z number that is given again stays free', 'SY8', [
    SERIES,
    'raised.skippedZNumbers.filter((number) => number !== earlier)',
    'raised.skippedZNumbers',
  ]),
];
