import { StorageFull } from '#client/store/keyed-store.ts';
import { SnapshotBroken } from '#client/sync/snapshot-reader.ts';
import { EMPTY_CHAIN, verifyChain } from '#schema/audit/verify-chain.ts';
import { canonicalJson } from '#schema/canonical-json.ts';
import { earlierZNumbersOf } from '#schema/mutations/cash/issue-z-report.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import { Digest, ledgerMonthOf, subtractSums } from '#schema/sync/digest.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import { receiptSchema } from '#schema/sync/receipt.ts';
import { kindsInSet } from '#schema/sync/sets.ts';
import type { Stored } from '#schema/working-set.ts';
import { ledgersFromAt } from '#server/sync/pull.ts';
import { contentOf, type Journal } from './journal.ts';
import type { MemoryDatabase } from './memory-database.ts';
import { StorageFault, StoreClosed } from './sim-disk.ts';
import type { SimTablet, World } from './world.ts';

/** Most records a check asks a tab for. */
export const ALL_RECORDS = 100_000;

/** What is wrong with a seed, in the words of the summary line; each entry is one finding. */
export interface Findings {
  /** Saved, and not in the log as it was saved. */
  readonly lost: string[];
  /** In the log more than once, or more often than anybody did it. */
  readonly doubled: string[];
  /** Two places that must agree and do not. */
  readonly diverged: string[];
  /** Saved on a tablet whose stores were cleared before it was sent, and named by the server as missing. */
  readonly destroyed: string[];
  /** Not sent, or not caught up with, ten minutes after everything works again. */
  readonly stuck: string[];
}

/** Everything that can be checked once a seed has healed. */
export async function judge(world: World, journal: Journal): Promise<Findings> {
  const findings: Findings = {
    lost: [],
    doubled: [],
    diverged: [...journal.problems, ...world.problems],
    destroyed: [],
    stuck: [],
  };
  checkLog(world.database, journal, findings);
  checkChain(world, findings);
  checkDigest(world, findings);
  checkStock(world.database, findings);
  checkCash(world.database, findings);
  checkTransfers(world.database, findings);
  checkZNumbers(world, findings);
  for (const tablet of world.tablets) {
    checkReceipts(world.database, tablet, findings);
    await checkTabs(world, tablet, findings);
    for (const error of tablet.browser.reported)
      if (!isInjected(error, tablet) && !(error instanceof StoreClosed && tablet.hasEnded))
        findings.diverged.push(`${tablet.browser.name} reported ${String(error)}`);
  }
  return findings;
}

/** What the machine did on purpose; the app is right to report it. A record that went bad while a snapshot came makes the snapshot worthless. */
function isInjected(error: unknown, { hadRot }: SimTablet): boolean {
  return error instanceof StorageFault || error instanceof StorageFull || (error instanceof SnapshotBroken && hadRot.length > 0);
}

/** Every mutation saved is in the log exactly once, as it was saved; every device's numbers run without a gap. */
function checkLog(database: MemoryDatabase, journal: Journal, { lost, destroyed, doubled, diverged }: Findings): void {
  const { log, devices } = database;
  const missing = missingOf(database);
  const hashes = new Map<string, string | null>();
  const lastN = new Map<string, number>();
  const contents = new Map<string, number>();
  for (const { deviceId, n, mutation, mutationHash } of log) {
    if (deviceId === null || n === null || mutation === null) continue;
    const identity = `${deviceId} ${n}`;
    if (hashes.has(identity)) doubled.push(`${identity} is in the log twice`);
    hashes.set(identity, mutationHash);
    if (n !== (lastN.get(deviceId) ?? 0) + 1) diverged.push(`${identity} follows ${lastN.get(deviceId) ?? 0}`);
    lastN.set(deviceId, n);
    const { name, args }: { name: string; args: unknown } = JSON.parse(mutation);
    const content = contentOf(deviceId, name, args);
    contents.set(content, (contents.get(content) ?? 0) + 1);
  }
  for (const { deviceId, n, hash, name } of journal.saved)
    if (hashes.get(`${deviceId} ${n}`) !== hash)
      (missing(deviceId, n) ? destroyed : lost).push(`${deviceId} ${n} ${name} was saved and is not in the log`);
  for (const { id, lastN: known, channel } of devices.values()) {
    if (known !== (lastN.get(id) ?? 0)) diverged.push(`${id} is known to ${known} and logged to ${lastN.get(id) ?? 0}`);
    if (channel !== 'tablet') continue;
    for (const [content, times] of contents)
      if (content.startsWith(id) && times > (journal.attempts.get(content) ?? 0)) doubled.push(`${times} times ${content}`);
  }
}

/** Whether the server names an act as missing: its tablet is closed, and a task says up to where it was received and to where it had made any (SY25). */
function missingOf(database: MemoryDatabase): (deviceId: string, n: number) => boolean {
  const closed = new Set(bodiesOf(database, 'device').flatMap(({ id, status }) => (status === 'lost' ? [id] : [])));
  const tasks = new Map(
    bodiesOf(database, 'exception').flatMap(({ codes, aboutId, details }) =>
      codes.includes('device_evicted') ? [[aboutId, details]] : [],
    ),
  );
  return (deviceId, n) => {
    const { receivedN, madeN } = tasks.get(deviceId) ?? {};
    return closed.has(deviceId) && n > Number(receivedN) && n <= Number(madeN);
  };
}

/** The log has no hole and its chain holds (C17). */
function checkChain({ database, sha256 }: World, { diverged }: Findings): void {
  const { log, head } = database;
  const entries = log.map(({ index, leaf, hash, mutation, receipt }) => ({
    index,
    leaf,
    hash,
    mutation,
    verdict: receipt?.verdict ?? null,
  }));
  const checked = verifyChain(EMPTY_CHAIN, entries, sha256);
  if (!checked.ok) diverged.push(`audit entry ${checked.index}: ${checked.fault}`);
  else if (checked.state.size !== head.logSize || checked.state.hash !== head.chainHash)
    diverged.push('the head is not the end of the log');
}

/** What is kept of the records is what they add up to (SY18). */
function checkDigest({ database: { current, digest, log }, tablets }: World, { diverged }: Findings): void {
  // Where nothing went bad on a tablet's disk, what it found was a fault of ours that was mended. Whether it was mended, `checkTabs` sees.
  const hadRot = new Set(tablets.flatMap((tablet) => tablet.hadRot));
  const isExplained = (leaf: string) => hadRot.has((JSON.parse(leaf) as { readonly deviceId: string }).deviceId);
  for (const { leaf } of log)
    if (leaf.includes('"digest_mismatch"') && !isExplained(leaf)) diverged.push(`a tablet's digest differed: ${leaf}`);
  const counted = new Digest();
  for (const { stored } of current.values()) counted.add(stored);
  const difference = subtractSums(digest, counted.sums());
  if (Object.keys(difference).length > 0) diverged.push(`the digest is wrong in ${Object.keys(difference).join(', ')}`);
}

/** On hand is the sum of a lot's movements (I5). */
function checkStock(database: MemoryDatabase, { diverged }: Findings): void {
  const sums = new Map<string, number>();
  for (const { lotId, units } of bodiesOf(database, 'stockMovement')) sums.set(lotId, (sums.get(lotId) ?? 0) + units);
  for (const { id, onHandUnits } of bodiesOf(database, 'lot'))
    if (onHandUnits !== (sums.get(id) ?? 0))
      diverged.push(`lot ${id} shows ${onHandUnits}, its movements come to ${sums.get(id) ?? 0}`);
}

/** What a drawer should hold is the sum of its movements (C2); every sale took in what it came to. */
function checkCash(database: MemoryDatabase, { diverged }: Findings): void {
  const sums = new Map<string, number>();
  const add = (name: string, amountMinor: number) => sums.set(name, (sums.get(name) ?? 0) + amountMinor);
  for (const { sessionId, methodId, saleId, type, amountMinor } of bodiesOf(database, 'cashMovement')) {
    add(`${sessionId} ${methodId}`, amountMinor);
    if (saleId !== null && type === 'SALE') add(saleId, amountMinor);
  }
  for (const { id, methods } of bodiesOf(database, 'cashTotals'))
    for (const { methodId, expectedMinor } of methods) {
      const sum = sums.get(`${id} ${methodId}`) ?? 0;
      if (expectedMinor !== sum) diverged.push(`${methodId} of ${id} shows ${expectedMinor}, its movements come to ${sum}`);
    }
  const waiting = new Set(bodiesOf(database, 'till').flatMap(({ lateWaiting }) => lateWaiting.map(({ saleId }) => saleId)));
  // A tablet whose disk went bad may have priced its ticket wrong; that is flagged.
  const flagged = bodiesOf(database, 'exception').filter(({ codes }) => codes.includes('ticket_differs'));
  const differing = new Set(flagged.map(({ deviceId, n }) => `${deviceId} ${n}`));
  for (const { id, deviceId, n, totalMinor } of bodiesOf(database, 'sale'))
    if (!waiting.has(id) && !differing.has(`${deviceId} ${n}`) && totalMinor !== (sums.get(id) ?? 0))
      diverged.push(`sale ${id} of ${totalMinor} took in ${sums.get(id) ?? 0}`);
}

/**
 * Z numbers are given once, none is missing without being known to, and a close has the number its tablet was told before the server was set back, or is
 * flagged (C11, SY8).
 */
function checkZNumbers({ database, zNumbersTold }: World, { diverged }: Findings): void {
  const reports = bodiesOf(database, 'zReport');
  for (const { id, lastZNumber, skippedZNumbers } of bodiesOf(database, 'till')) {
    const given = reports.filter(({ tillId }) => tillId === id).map(({ number }) => number);
    const all = [...given, ...skippedZNumbers].sort((a, b) => a - b);
    if (all.length !== lastZNumber || all.some((number, index) => number !== index + 1))
      diverged.push(`${id} came to Z ${lastZNumber}, gave ${given.join()} and skipped ${skippedZNumbers.join()}`);
  }
  for (const { deviceId, n, receipt } of database.log) {
    const told = zNumbersTold.get(`${deviceId} ${n}`);
    if (!told || !receipt || receipt.codes.includes('z_number_changed')) continue;
    const { tillId, zNumber } = receipt.details;
    if (tillId !== told.tillId || zNumber !== told.zNumber)
      diverged.push(`${deviceId} ${n} was Z ${told.zNumber} and is ${JSON.stringify(zNumber)}, and nobody is told`);
  }
}

/** Keeps in mind the Z numbers that tablets were told of closes that a copy lacks, so that they are sent again. */
export function noteZNumbers({ tablets, zNumbersTold }: World, copy: MemoryDatabase): void {
  for (const { mutation, receipt } of tablets.flatMap(outboxOf)) {
    const [told] = receipt === null ? [] : earlierZNumbersOf({ earlierReceipt: receiptSchema.parse(receipt) });
    const isSentAgain = mutation.n > (copy.devices.get(mutation.deviceId)?.lastN ?? 0);
    if (!isSentAgain) zNumbersTold.delete(`${mutation.deviceId} ${mutation.n}`);
    else if (told) zNumbersTold.set(`${mutation.deviceId} ${mutation.n}`, told);
  }
}

/** What was sent and what arrived stands in the ledgers of both places under the slip's number (C3, C4). */
function checkTransfers(database: MemoryDatabase, { diverged }: Findings): void {
  const sums = new Map<string, number>();
  // What came when no session was open waits at the till for the next one.
  const waiting = bodiesOf(database, 'till').flatMap(({ lateWaiting }) => lateWaiting.flatMap(({ lines }) => lines));
  for (const { type, reference, amountMinor } of [...bodiesOf(database, 'cashMovement'), ...waiting])
    sums.set(`${type} ${reference}`, (sums.get(`${type} ${reference}`) ?? 0) + amountMinor);
  for (const { id, outMinor, inMinor } of bodiesOf(database, 'cashTransfer')) {
    const [sent, arrived] = [-(sums.get(`TRANSFER_OUT ${id}`) ?? 0), sums.get(`TRANSFER_IN ${id}`) ?? 0];
    if (sent !== (outMinor ?? 0) || arrived !== (inMinor ?? 0))
      diverged.push(`transfer ${id} of ${outMinor} and ${inMinor} stands in the ledgers as ${sent} and ${arrived}`);
  }
}

/** What a tablet was told of each act is what the log says. */
function checkReceipts({ log }: MemoryDatabase, tablet: SimTablet, { diverged, stuck }: Findings): void {
  const receipts = new Map(
    log.flatMap(({ deviceId, n, receipt }) => (deviceId === tablet.session.device.id && n !== null ? [[n, receipt]] : [])),
  );
  for (const { mutation, receipt } of outboxOf(tablet)) {
    if (receipt === null) stuck.push(`${mutation.deviceId} ${mutation.n} has no receipt`);
    else if (canonicalJson(receipt) !== canonicalJson(receipts.get(mutation.n) ?? null))
      diverged.push(`${mutation.deviceId} ${mutation.n} was told ${JSON.stringify(receipt)}`);
  }
}

/** With everything sent, every tab shows the tenant's true state, as far as its tablet's set goes. */
async function checkTabs(world: World, tablet: SimTablet, { diverged, stuck }: Findings): Promise<void> {
  const { database } = world;
  const { tabs, session } = tablet;
  // One that a server forgot before it had a replica has come back with the usual set.
  const set = database.devices.get(session.device.id)?.set ?? tablet.set;
  for (const { workspace, process } of tabs) {
    if (!workspace) {
      stuck.push(`${process.name} never opened`);
      continue;
    }
    for (const kind of kindsInSet(set)) {
      const shown = await inTime(world, workspace.readRecords(kind, { limit: ALL_RECORDS }));
      const difference = differenceOf(...inWindow(kind, shown ?? [], bodiesOf(database, kind), world.scheduler.now));
      if (difference) diverged.push(`${process.name}: ${kind} ${difference}`);
    }
  }
}

/** Both without what lies before the long ledgers' window, where a clock that is years slow puts its acts: a tablet may hold those or not (SY17). */
function inWindow<Kind extends RecordKind>(
  kind: Kind,
  shown: readonly RecordBody<Kind>[],
  truth: readonly RecordBody<Kind>[],
  now: number,
): [RecordBody<Kind>[], RecordBody<Kind>[]] {
  const from = ledgersFromAt(now);
  const isIn = (body: RecordBody<Kind>) => (ledgerMonthOf({ kind, body } as Stored) ?? from) >= from;
  return [shown.filter(isIn), truth.filter(isIn)];
}

/** The answer of a tab, for which time must pass. */
export async function inTime<Value>(world: World, answer: Promise<Value>): Promise<Value | undefined> {
  let value: Value | undefined;
  let isThere = false;
  const noted = answer.then((got) => {
    value = got;
    isThere = true;
  });
  for (let tries = 0; tries < 200 && !isThere; tries += 1) await world.scheduler.runUntil(world.scheduler.now + 20);
  if (isThere) await noted;
  return value;
}

/** Bodies of a kind as they truly are. */
export function bodiesOf<Kind extends RecordKind>(database: MemoryDatabase, kind: Kind): RecordBody<Kind>[] {
  return [...database.current.values()].flatMap(({ stored }) => (stored.kind === kind ? [stored.body as RecordBody<Kind>] : []));
}

/** Where two sets of records differ, or null. */
export function differenceOf(
  shown: readonly { readonly id: string }[],
  truth: readonly { readonly id: string }[],
): string | null {
  const bodies = new Map(truth.map((body) => [body.id, body]));
  for (const body of shown) {
    const should = bodies.get(body.id);
    if (!isSame(should, body)) return `${body.id} shows ${JSON.stringify(body)}, should be ${JSON.stringify(should) ?? 'absent'}`;
    bodies.delete(body.id);
  }
  const [missing] = bodies.keys();
  return missing === undefined ? null : `${missing} is missing`;
}

/** Whether two values of JSON are the same, member by member; one left out is not one that is null. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => name in right && isSame(left[name], right[name]));
}

/** What lies in a tablet's outbox. */
export function outboxOf(tablet: SimTablet): { mutation: Mutation; receipt: unknown }[] {
  return outboxRowsOf(tablet).map(({ text, receipt }) => ({ mutation: JSON.parse(text) as Mutation, receipt }));
}

/** The same as it is stored. */
export function outboxRowsOf({ browser, session }: SimTablet): { readonly text: string; readonly receipt: unknown }[] {
  const rows = browser.disk.peek((name) => name.endsWith(`${session.device.id}-outbox`));
  return rows.map(({ body }) => body as { text: string; receipt: unknown });
}
