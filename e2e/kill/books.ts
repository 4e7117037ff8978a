import { createHash } from 'node:crypto';
import type { NodeTablet } from '#e2e/support/node-tablet.ts';
import type { Program } from '#e2e/support/program.ts';
import { auditLeafSchema } from '#schema/audit/leaf.ts';
import { canonicalJson } from '#schema/canonical-json.ts';
import type { AuditEntry } from '#schema/sync/messages.ts';

/** What is wrong with the books, each fault in words; all empty when everything is right. */
export interface Faults {
  /** Acts that had a receipt and are not in the log as they were receipted. */
  readonly receiptedLost: readonly string[];
  /** Acts that showed "saved" and are nowhere. */
  readonly savedLost: readonly string[];
  /** Acts, or numbers, that are in the log more than once. */
  readonly doubled: readonly string[];
}

interface LoggedAct {
  readonly deviceId: string;
  readonly n: number;
  readonly verdict: string;
  readonly hash: string | null;
}

const RESENT_AT_ONCE = 200;

/**
 * Compares everything the tablets were told with the server's books. The audit chain is checked link by link on the way (a break throws): every receipt is
 * in the log under its number, with its hash and verdict; the server answers it the same when asked again; no number is there twice and none is missing before a
 * later one; the log holds the tablets' acts, the `otherEntries` there were before them, and nothing else.
 */
export async function compareWithBooks(
  program: Program,
  tablets: readonly NodeTablet[],
  otherEntries: number,
  isDrained: boolean,
): Promise<Faults> {
  const receiptedLost: string[] = [];
  const savedLost: string[] = [];
  const doubled: string[] = [];
  // Asked before the log is read: what is receipted later need not be in it.
  const receipted = tablets.map(({ answered }) => new Map(answered));
  const log = await program.readAudit();
  const acts = log.flatMap(actOf);
  const ownIds = new Set(tablets.map(({ session }) => session.device.id));
  for (const [i, tablet] of tablets.entries()) {
    const { device } = tablet.session;
    const own = acts.filter(({ deviceId }) => deviceId === device.id);
    const byN = new Map(own.map((act) => [act.n, act]));
    if (byN.size !== own.length) doubled.push(`${device.name} has ${own.length} entries for ${byN.size} numbers`);
    if (byN.size > 0 && !byN.has(byN.size)) doubled.push(`${device.name} has ${byN.size} acts, and none of that number`);
    for (const contradiction of tablet.contradictions) receiptedLost.push(`${device.name}: ${contradiction}`);
    const made = new Map((await tablet.outbox()).map(({ mutation }) => [mutation.n, mutation]));
    for (const [n, { verdict }] of receipted[i] ?? []) {
      const act = byN.get(n);
      if (act?.verdict !== verdict || act.hash !== made.get(n)?.hash)
        receiptedLost.push(`${device.name} ${n}: receipted ${verdict}, in the log ${act?.verdict ?? 'missing'}`);
    }
    receiptedLost.push(...(await askedAgain(program, tablet, receipted[i] ?? new Map())));
    for (const { n, hash } of tablet.saved) {
      if (made.get(n)?.hash !== hash) savedLost.push(`${device.name} ${n}: saved and not in the outbox`);
      if (isDrained && byN.get(n)?.hash !== hash) savedLost.push(`${device.name} ${n}: saved and not in the log`);
    }
    if (isDrained && own.length !== tablet.saved.length)
      doubled.push(`${device.name} saved ${tablet.saved.length} acts, ${own.length} are in the log`);
  }
  const others = log.length - acts.filter(({ deviceId }) => ownIds.has(deviceId)).length;
  if (others !== otherEntries) doubled.push(`the log holds ${others} entries that are of no tablet, ${otherEntries} were made`);
  return { receiptedLost, savedLost, doubled };
}

/** Every receipt is answered as it was the first time, and sending again changes nothing (the next reading of the log would show it). */
async function askedAgain(program: Program, tablet: NodeTablet, receipted: ReadonlyMap<number, { receipt: string }>) {
  const wrong: string[] = [];
  const acts = (await tablet.outbox()).map(({ mutation }) => mutation).filter(({ n }) => receipted.has(n));
  for (let from = 0; from < acts.length; from += RESENT_AT_ONCE) {
    for (const receipt of await program.resend(tablet.session.device.token, acts.slice(from, from + RESENT_AT_ONCE))) {
      const said = canonicalJson(receipt);
      const before = receipted.get(receipt.n)?.receipt;
      if (said !== before) wrong.push(`${tablet.session.device.name} ${receipt.n}: ${before} is now answered ${said}`);
    }
  }
  return wrong;
}

function actOf(entry: AuditEntry): LoggedAct[] {
  const { deviceId, n, verdict } = leafOf(entry);
  if (deviceId === null || n === null) return [];
  const hash = entry.mutation === null ? null : createHash('sha256').update(entry.mutation, 'utf8').digest('hex');
  return [{ deviceId, n, verdict, hash }];
}

function leafOf(entry: AuditEntry) {
  return auditLeafSchema.parse(JSON.parse(entry.leaf));
}
