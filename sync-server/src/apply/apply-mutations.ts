import type { Device } from '#schema/records/device.ts';
import { CHAIN_START } from '#schema/sync/mutation.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import type { ServerEnv } from '../env.ts';
import { type Received, type ReceivedAct, receiveAct, SYSTEM_ACTOR } from './received-act.ts';
import { type AuditEvent, TenantRun } from './tenant-run.ts';
import type { DeviceState, GiveWay, LoggedMutation, ServerChannel, TenantHead, TenantTransaction } from './tenant-store.ts';

/**
 * The one door: everything that changes a tenant goes through here, under the tenant's lock (architecture, "One door").
 *
 * A submission is what a device pushed, what a channel of the server wants done, an event to seal, or a new epoch. Submissions that wait for the same tenant share
 * one transaction; each gets its own outcome.
 */
export type Submission =
  | {
      readonly kind: 'push';
      readonly deviceId: string;
      readonly received: readonly Received[];
      readonly lastHash: string;
      /** What the device was answered to some of these in a history that is gone (SY8). */
      readonly earlier?: readonly Receipt[];
    }
  | { readonly kind: 'acts'; readonly channel: ServerChannel; readonly actorId: string; readonly acts: readonly ServerAct[] }
  | { readonly kind: 'enrol'; readonly device: NewTablet }
  | { readonly kind: 'event'; readonly event: AuditEvent }
  /** The data came from a backup: what devices saw since is another history. */
  | { readonly kind: 'epoch' };

/** A tablet to enrol: it gets the tenant's next tablet number, or the one it had, and its record is made by the `worker` channel. */
export interface NewTablet {
  readonly id: string;
  readonly name: string;
  readonly set: Device['set'];
  readonly tokenHash: string;
  readonly enrolledBy: string;
  readonly businessOn: string;
  /** The number of one that the server has forgotten, since it was set back (SY8); null for a new one. */
  readonly numberBefore: number | null;
  /** The tablet whose store the browser cleared, and the last number it remembers to have given (SY25); null for a new tablet. */
  readonly replaces: { readonly deviceId: string; readonly madeN: number | null } | null;
}

/** An act of the server itself. */
export interface ServerAct {
  readonly name: string;
  readonly version?: number;
  readonly args: Readonly<Record<string, unknown>>;
  readonly businessOn: string;
}

/** `gap`: send from `expected` on (SY8). `forked`: this device's history is not the one the server knows (SY7). `unknown_device`: not known, or known where a new one is to be enrolled. */
export type Outcome =
  | { readonly kind: 'receipts'; readonly epoch: number; readonly seq: number; readonly receipts: readonly Receipt[] }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'forked'; readonly n: number }
  | { readonly kind: 'unknown_device' };

/** What the store knows of the device a submission comes from, and of the numbers it sends, the one before them included. */
interface Sender {
  readonly device: DeviceState | null;
  readonly logged: ReadonlyMap<number, LoggedMutation>;
}

const NOBODY: Sender = { device: null, logged: new Map() };

/** What a submission comes to before anything is judged. */
interface Intake {
  readonly answered: readonly Receipt[];
  readonly fresh: readonly ReceivedAct[];
  readonly device: DeviceState;
}

/**
 * Applies submissions in order in the given transaction; a device may appear only once. With `oneByOne` each act is written under a savepoint of its own,
 * so that one the store refuses is quarantined alone (SY6); without, everything is written at once at the end.
 */
export async function applySubmissions(
  env: ServerEnv,
  tenantId: string,
  transaction: TenantTransaction,
  submissions: readonly Submission[],
  { oneByOne }: { readonly oneByOne: boolean },
): Promise<{ outcomes: Outcome[]; head: TenantHead }> {
  const run = new TenantRun(tenantId, transaction, env);
  const intakes: (Intake | Outcome | AuditEvent)[] = [];
  // In one round trip for all of them: many tablets that push one act each must not wait for each other's questions.
  const senders = await Promise.all(submissions.map((submission) => loadSender(transaction, submission)));
  for (const [i, submission] of submissions.entries())
    intakes.push(await takeIn(env, run, transaction, submission, senders[i] ?? NOBODY));
  // What intake itself wrote must not be undone with the first act that fails.
  if (oneByOne) await run.flush();
  else await run.preload(intakes.flatMap((intake) => ('fresh' in intake ? intake.fresh : [])));
  const giveWay = transaction.takeTurn();
  const settle: ((head: { epoch: number; seq: number }) => Outcome)[] = [];
  for (const intake of intakes) {
    if ('fresh' in intake) {
      const receipts = [...intake.answered];
      for (const received of intake.fresh) {
        receipts.push(oneByOne ? await applyAlone(run, transaction, received) : await run.apply(received));
        const turn = giveWay();
        if (turn) await turn;
      }
      run.noteContact(intake.device.id);
      settle.push((head) => ({ kind: 'receipts', ...head, receipts }));
    } else if ('action' in intake) {
      run.appendEvent(intake);
      settle.push((head) => ({ kind: 'receipts', ...head, receipts: [] }));
    } else settle.push(() => intake);
  }
  await run.flush();
  const { epoch, seq } = run.head;
  return { outcomes: settle.map((outcome) => outcome({ epoch, seq })), head: run.head };
}

async function applyAlone(run: TenantRun, transaction: TenantTransaction, received: ReceivedAct): Promise<Receipt> {
  const undo = run.mark();
  try {
    let receipt: Receipt | undefined;
    await transaction.savepoint(async () => {
      receipt = await run.apply(received);
      await run.flush();
    });
    if (!receipt) throw new Error('an act was applied without a receipt');
    return receipt;
  } catch (error) {
    if (!transaction.isDataError(error)) throw error;
    undo();
    const receipt = await run.applyQuarantined(received, error instanceof Error ? error.message : String(error));
    await run.flush();
    return receipt;
  }
}

async function loadSender(transaction: TenantTransaction, submission: Submission): Promise<Sender> {
  switch (submission.kind) {
    case 'event':
    case 'epoch':
      return NOBODY;
    case 'acts':
      return { ...NOBODY, device: await transaction.loadDevice({ channel: submission.channel }) };
    case 'enrol':
      return { ...NOBODY, device: await transaction.loadDevice({ channel: 'worker' }) };
    case 'push': {
      const { deviceId, received } = submission;
      const before = (received[0]?.n ?? 1) - 1;
      const [device, logged] = await Promise.all([
        transaction.loadDevice({ id: deviceId }),
        transaction.loadLogged(deviceId, before, before + received.length),
      ]);
      return { device, logged };
    }
  }
}

async function takeIn(
  env: ServerEnv,
  run: TenantRun,
  transaction: TenantTransaction,
  submission: Submission,
  sender: Sender,
): Promise<Intake | Outcome | AuditEvent> {
  switch (submission.kind) {
    case 'event':
      return submission.event;
    case 'epoch':
      return run.startEpoch();
    case 'acts':
      return takeInActs(env, run, sender, submission);
    case 'enrol':
      return takeInTablet(env, run, transaction, submission.device, sender);
    case 'push':
      return takeInPush(env, run, sender, submission, transaction.takeTurn());
  }
}

function takeInActs(
  env: ServerEnv,
  run: TenantRun,
  { device }: Sender,
  { actorId, acts }: Pick<Extract<Submission, { kind: 'acts' }>, 'actorId' | 'acts'>,
): Intake | Outcome {
  if (!device) return { kind: 'unknown_device' };
  const fresh: ReceivedAct[] = [];
  let prev = device.lastHash;
  for (const [i, { name, version = 1, args, businessOn }] of acts.entries()) {
    const n = device.lastN + 1 + i;
    const mutation = {
      deviceId: device.id,
      n,
      name,
      version,
      actorId,
      madeAt: run.now,
      madeAtSkewMs: 0,
      businessOn,
      basis: run.head.seq,
      args,
    };
    const received = receiveAct(mutation, device, prev, env.sha256);
    fresh.push(received);
    prev = received.hash;
  }
  return { answered: [], fresh, device };
}

async function takeInTablet(
  env: ServerEnv,
  run: TenantRun,
  transaction: TenantTransaction,
  { tokenHash, businessOn, replaces, ...device }: NewTablet,
  worker: Sender,
): Promise<Intake | Outcome> {
  if (await transaction.loadDevice({ id: device.id })) return { kind: 'unknown_device' };
  const number = numberOf(await transaction.tabletNumbers(), device.numberBefore);
  run.addTablet({ id: device.id, set: device.set, tokenHash, number });
  const acts: ServerAct[] = [{ name: 'device.register', args: { ...device, number, channel: 'tablet' }, businessOn }];
  const replaced = replaces && (await transaction.loadDevice({ id: replaces.deviceId }));
  if (replaced) {
    const args = { ...replaces, receivedN: replaced.lastN, replacedBy: device.id };
    acts.push({ name: 'device.reportEvicted', args, businessOn });
  }
  return takeInActs(env, run, worker, { actorId: SYSTEM_ACTOR, acts });
}

/** The number it had, while that is free; else the one above the highest there is. */
function numberOf(taken: ReadonlySet<number>, before: number | null): number {
  return before !== null && !taken.has(before) ? before : Math.max(0, ...taken) + 1;
}

async function takeInPush(
  env: ServerEnv,
  run: TenantRun,
  { device, logged }: Sender,
  { received, lastHash, earlier = [] }: Extract<Submission, { kind: 'push' }>,
  giveWay: GiveWay,
): Promise<Intake | Outcome> {
  const first = received[0];
  if (!device || !first) return { kind: 'unknown_device' };
  if (first.n > device.lastN + 1) return { kind: 'gap', expected: device.lastN + 1 };
  const earlierByN = new Map(earlier.map((receipt) => [receipt.n, receipt]));
  const answered: Receipt[] = [];
  const fresh: ReceivedAct[] = [];
  /** From the first act on whose number the server knows with other content. */
  const other: ReceivedAct[] = [];
  let prev = hashBefore(first.n, device, logged);
  for (const [i, one] of received.entries()) {
    if (one.n !== first.n + i) return { kind: 'gap', expected: first.n + i };
    const act = receiveAct(one, device, prev, env.sha256, earlierByN.get(one.n));
    const turn = giveWay();
    if (turn) await turn;
    prev = act.hash;
    const known = logged.get(one.n);
    if (other.length > 0 || (known && known.hash !== act.hash)) other.push(act);
    else if (known) answered.push(known.receipt);
    else fresh.push(act);
  }
  const contradicting = other.length > 0 ? other : fresh;
  const [firstOther] = contradicting;
  const isFork = other.length > 0 || prev !== lastHash || device.status === 'quarantined';
  if (!isFork || !firstOther) return { answered, fresh, device };
  await run.keepFork(device, contradicting);
  return { kind: 'forked', n: firstOther.n };
}

function hashBefore(n: number, device: DeviceState, logged: ReadonlyMap<number, LoggedMutation>): string {
  if (n === 1) return CHAIN_START;
  return n === device.lastN + 1 ? device.lastHash : (logged.get(n - 1)?.hash ?? CHAIN_START);
}
