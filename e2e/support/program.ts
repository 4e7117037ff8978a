import { createHash } from 'node:crypto';
import { z } from 'zod';
import { devicesResponseSchema, type TabletState } from '#schema/api/devices.ts';
import { addMemberResponseSchema } from '#schema/api/organisation.ts';
import { EMPTY_CHAIN, verifyChain } from '#schema/audit/verify-chain.ts';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import type { Role } from '#schema/permissions.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import {
  type AuditEntry,
  auditEntrySchema,
  enrolResponseSchema,
  PROTOCOL_VERSION,
  pullResponseSchema,
  pushResponseSchema,
  signInResponseSchema,
} from '#schema/sync/messages.ts';
import { CHAIN_START, chainMutation, type Mutation, toWire } from '#schema/sync/mutation.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import type { Stack } from './stack.ts';
import { STORY_PASSWORD } from './stack.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const auditPageSchema = z.object({ head: z.object({ size: z.int(), hash: z.string() }), entries: z.array(auditEntrySchema) });

const importSchema = z.looseObject({ id: z.string(), state: z.string() });

/** A program that speaks the protocol over HTTP as a device of its own: prepares a story and checks its books. */
export class Program {
  readonly #stack: Stack;
  readonly #token: string;
  readonly #device: { id: string; token: string };
  readonly #actorId: string;
  readonly #businessOn: string;
  #n = 0;
  #prev = CHAIN_START;

  private constructor(stack: Stack, token: string, device: { id: string; token: string }, actorId: string) {
    this.#stack = stack;
    this.#token = token;
    this.#device = device;
    this.#actorId = actorId;
    this.#businessOn = new Date(stack.now).toISOString().slice(0, 10);
  }

  /** Creates a pharmacy as its owner would on the first run, and works in it as a device of the owner. */
  static async createPharmacy(stack: Stack, email: string): Promise<Program> {
    const pharmacy = {
      pharmacy: 'Story pharmacy',
      country: 'FR',
      currency: 'EUR',
      timeZone: 'Europe/Paris',
      name: 'Olga',
      email,
      password: STORY_PASSWORD,
    };
    const session = signInResponseSchema.parse(await post(stack, '/api/tenants', pharmacy, {}));
    const authorization = { authorization: `Bearer ${session.accessToken}` };
    const device = enrolResponseSchema.parse(
      await post(stack, '/api/devices', { name: 'Program', set: 'office' }, authorization),
    );
    return new Program(stack, session.accessToken, { id: device.deviceId, token: device.deviceToken }, session.user.id);
  }

  get deviceId(): string {
    return this.#device.id;
  }

  /** Adds a person, who chooses a password at once; answers it. */
  async addMember(email: string, name: string, role: Role): Promise<string> {
    const added = addMemberResponseSchema.parse(await post(this.#stack, '/api/members', { email, name, role }, this.#headers()));
    const password = added.oneTimePassword ?? '';
    const session = signInResponseSchema.parse(await post(this.#stack, '/api/auth/sign-in', { email, password }, {}));
    const newPassword = `${STORY_PASSWORD}-${role}`;
    await post(this.#stack, '/api/auth/password', { password, newPassword }, { authorization: `Bearer ${session.accessToken}` });
    return newPassword;
  }

  /** Makes an act, pushes it and answers its receipt and the id of its first record. */
  async act<Name extends MutationName>(name: Name, args: MutationArgs<Name>): Promise<{ receipt: Receipt; id: string }> {
    const wire = {
      deviceId: this.#device.id,
      n: this.#n + 1,
      name,
      version: 1,
      actorId: this.#actorId,
      madeAt: this.#stack.now,
      madeAtSkewMs: 0,
      businessOn: this.#businessOn,
      basis: 0,
      args: z.record(z.string(), z.json()).parse(args),
    };
    const mutation: Mutation = chainMutation(wire, this.#prev, sha256);
    const answer = pushResponseSchema.parse(
      await post(this.#stack, '/api/sync/push', { mutations: [toWire(mutation)], lastHash: mutation.hash }, this.#headers()),
    );
    this.#n += 1;
    this.#prev = mutation.hash;
    const [receipt] = answer.receipts;
    if (!receipt) throw new Error('the push was answered without a receipt');
    return { receipt, id: `${this.#device.id}-${this.#n}-0` };
  }

  /** Imports products, or opening stock, from CSV and waits for the end; throws when the import fails. */
  async import(kind: 'items' | 'stock', csv: Buffer): Promise<void> {
    const started = await fetch(`${this.#stack.url}/api/imports/${kind}`, {
      method: 'POST',
      headers: { ...this.#headers(), 'content-type': 'text/csv' },
      body: new Uint8Array(csv),
    });
    const { id } = importSchema.parse(await started.json());
    for (;;) {
      const answer = await fetch(`${this.#stack.url}/api/imports/${id}?limit=1`, { headers: this.#headers() });
      const { state } = importSchema.parse(await answer.json());
      if (state === 'failed' || state === 'cancelled') throw new Error(`the import ${state}`);
      if (state === 'done') return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Every record of a kind, as the server has it now. */
  async records<Kind extends RecordKind>(kind: Kind): Promise<RecordBody<Kind>[]> {
    const found = new Map<string, RecordBody<Kind>>();
    let since = 0;
    const head = await fetch(`${this.#stack.url}/api/audit-log/head`, { headers: this.#headers() });
    const { epoch } = z.looseObject({ epoch: z.int() }).parse(await head.json());
    for (;;) {
      const page = pullResponseSchema.parse(
        await post(
          this.#stack,
          '/api/sync/pull',
          { epoch, since, limit: 2_000, receiptsAfter: this.#n, head: null },
          this.#headers(),
        ),
      );
      for (const record of page.records) if (record.kind === kind) found.set(record.id, record.body as RecordBody<Kind>);
      since = page.next;
      if (!page.more) return [...found.values()];
    }
  }

  /** What the server knows of each tablet. */
  async tablets(): Promise<TabletState[]> {
    const answer = await fetch(`${this.#stack.url}/api/devices`, { headers: this.#headers() });
    return devicesResponseSchema.parse(await answer.json()).devices;
  }

  /** Checks the audit chain from the first entry to the head; answers its size. */
  async verifyAudit(): Promise<number> {
    return (await this.readAudit()).length;
  }

  /** The whole audit log, each link of its chain checked up to the head. */
  async readAudit(): Promise<AuditEntry[]> {
    const read: AuditEntry[] = [];
    let state = EMPTY_CHAIN;
    for (;;) {
      const answer = await fetch(`${this.#stack.url}/api/audit-log?from=${state.size}&limit=1000`, { headers: this.#headers() });
      const { head, entries } = auditPageSchema.parse(await answer.json());
      const checked = verifyChain(state, entries, sha256);
      if (!checked.ok) throw new Error(`audit entry ${checked.index}: ${checked.fault}`);
      state = checked.state;
      read.push(...entries);
      if (state.size === head.size && state.hash === head.hash) return read;
      if (entries.length === 0) throw new Error(`the audit log ends at ${state.size} of ${head.size}`);
    }
  }

  /** Sends acts of another device as that device would, with this program's session; answers the receipts. */
  async resend(deviceToken: string, mutations: readonly Mutation[]): Promise<readonly Receipt[]> {
    const body = { mutations: mutations.map(toWire), lastHash: mutations.at(-1)?.hash ?? '' };
    const headers = { ...this.#headers(), 'x-device-token': deviceToken };
    return pushResponseSchema.parse(await post(this.#stack, '/api/sync/push', body, headers)).receipts;
  }

  #headers(): Record<string, string> {
    return {
      authorization: `Bearer ${this.#token}`,
      'x-device-token': this.#device.token,
      'x-protocol-version': String(PROTOCOL_VERSION),
    };
  }
}

async function post(stack: Stack, path: string, body: unknown, headers: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${stack.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}
