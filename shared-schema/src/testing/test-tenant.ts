import { createHash } from 'node:crypto';
import { type Judgement, judgeAct, prepareAct, quarantine } from '../decide-acts.ts';
import { recordIdOf } from '../ids.ts';
import { type DecideContext } from '../mutations/define.ts';
import type { Role } from '../permissions.ts';
import { roleAt } from '../records/member.ts';
import { RECORDS, type RecordBody, type RecordKind } from '../records/registry.ts';
import { nameOf, RANGE_MAX, type RecordLoader, type Stored, WorkingSet } from '../working-set.ts';

/** SHA-256 in hex, for tests. */
export function testSha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Who acts, where and when. What is left out: tablet 1, its next number, Ana the owner, one second after the act before. */
export interface ActAt {
  readonly deviceId?: string;
  readonly n?: number;
  readonly actorId?: string;
  readonly occurredAt?: number;
  readonly uncertaintyMs?: number | null;
  readonly businessOn?: string;
  readonly version?: number;
  readonly authority?: 'server' | 'device';
  readonly earlierReceipt?: DecideContext['earlierReceipt'];
}

/** Ids of the tablets of the test pharmacy. */
export const TABLET_1 = 'aaaaaaaaaa01';
export const TABLET_2 = 'aaaaaaaaaa02';

/**
 * A pharmacy in memory: acts go through the same preparing and judging as on the server, over a store that keeps what they wrote. Every
 * body is checked against its schema, a repeated `(device, n)` answers its old judgement (SY7). For tests of mutations.
 */
export class TestTenant {
  readonly #stored = new Map<string, Stored>();
  readonly #judged = new Map<string, Judgement>();
  readonly #lastN = new Map<string, number>();
  #now: number;

  constructor(options: { readonly members?: Readonly<Record<string, Role>>; readonly startAt?: number } = {}) {
    this.#now = options.startAt ?? Date.UTC(2026, 10, 23, 8);
    const members = { ana: 'owner', max: 'manager', pia: 'pharmacist', bo: 'auditor', ...options.members } as const;
    for (const [id, role] of Object.entries(members)) this.put('member', { id, name: id, roles: [{ role, fromAt: 0 }] });
  }

  /** Stores a record as if it had always been there. */
  put<Kind extends RecordKind>(kind: Kind, body: RecordBody<Kind>): void {
    const parsed = RECORDS[kind].schema.parse(body);
    this.#stored.set(nameOf(kind, parsed.id), { kind, body } as Stored);
  }

  /** The record, or null. */
  get<Kind extends RecordKind>(kind: Kind, id: string): RecordBody<Kind> | null {
    return this.all(kind).find((body) => body.id === id) ?? null;
  }

  /** All records of a kind, in order of first write. */
  all<Kind extends RecordKind>(kind: Kind): RecordBody<Kind>[] {
    return [...this.#stored.values()].filter((stored) => stored.kind === kind).map((stored) => stored.body as RecordBody<Kind>);
  }

  /** Everything stored, for comparing two tenants: bodies by name. */
  dump(): Record<string, unknown> {
    return Object.fromEntries([...this.#stored].map(([name, stored]) => [name, stored.body]));
  }

  /** Judges one act and stores what it wrote. */
  async act(name: string, args: unknown, at: ActAt = {}): Promise<Judgement> {
    const deviceId = at.deviceId ?? TABLET_1;
    const n = at.n ?? (this.#lastN.get(deviceId) ?? 0) + 1;
    const known = this.#judged.get(`${deviceId}-${n}`);
    if (known) return known;
    const context = this.#contextOf(deviceId, n, at);
    this.#lastN.set(deviceId, Math.max(n, this.#lastN.get(deviceId) ?? 0));
    const workingSet = new WorkingSet(this.#loader());
    const prepared = prepareAct(name, at.version ?? 1, args);
    const judgement =
      'code' in prepared
        ? quarantine(context, name, prepared.code, prepared.details)
        : await judgeAct(prepared, context, workingSet);
    for (const stored of judgement.writes) this.#store(stored);
    this.#judged.set(`${deviceId}-${n}`, judgement);
    return judgement;
  }

  #store(stored: Stored): void {
    RECORDS[stored.kind].schema.parse(stored.body);
    const name = nameOf(stored.kind, stored.body.id);
    if (RECORDS[stored.kind].ledger && this.#stored.has(name)) throw new Error(`${name} is in a ledger and cannot be changed`);
    this.#stored.set(name, stored);
  }

  #contextOf(deviceId: string, n: number, at: ActAt): DecideContext {
    const occurredAt = at.occurredAt ?? this.#now + 1_000;
    this.#now = Math.max(this.#now, occurredAt);
    const actorId = at.actorId ?? 'ana';
    const actor = this.get('member', actorId);
    return {
      authority: at.authority ?? 'server',
      deviceId,
      deviceNumber: deviceId === TABLET_2 ? 2 : 1,
      n,
      hash: testSha256(`${deviceId}-${n}`),
      actorId,
      role: actorId === 'system' ? 'system' : actor ? roleAt(actor, occurredAt) : null,
      madeAt: occurredAt,
      occurredAt,
      uncertaintyMs: at.uncertaintyMs === undefined ? 60_000 : at.uncertaintyMs,
      receivedAt: this.#now,
      businessOn: at.businessOn ?? '2026-11-23',
      newId: (k) => recordIdOf(deviceId, n, k),
      sha256: testSha256,
      earlierReceipt: at.earlierReceipt ?? null,
    };
  }

  #loader(): RecordLoader {
    return {
      load: (keys) => Promise.resolve(keys.flatMap(({ kind, id }) => this.#stored.get(nameOf(kind, id)) ?? [])),
      loadRange: ({ range, parent, since }) => {
        const fields = RECORDS[range].range;
        if (!fields) throw new Error(`${range} has no range to read`);
        const found = [...this.#stored.values()].filter((stored) => {
          const body: Readonly<Record<string, unknown>> = stored.body;
          return stored.kind === range && body[fields.parentField] === parent && Number(body[fields.sinceField]) >= since;
        });
        return Promise.resolve(found.slice(-RANGE_MAX));
      },
      isHere: () => true,
    };
  }
}
