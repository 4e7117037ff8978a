import { afterAll, beforeAll, expect, test } from 'vitest';
import { cursorBefore, type LedgerKind, ledgerPageResponseSchema } from '#schema/api/ledger-page.ts';
import type { Device } from '#schema/records/device.ts';
import { enrolResponseSchema } from '#schema/sync/messages.ts';
import { CHAIN_START, chainMutation, type Mutation, toWire } from '#schema/sync/mutation.ts';
import { createTestServer, type TestPharmacy, type TestServer } from '../testing/server.ts';

let server: TestServer;
let pharmacy: TestPharmacy;
let other: TestPharmacy;
/** The device that sold, and what it made. */
let seller: Awaited<ReturnType<typeof enrol>>;
let parents: Record<LedgerKind, string>;
beforeAll(async () => {
  server = await createTestServer();
  pharmacy = await server.foundPharmacy('ana@test.test');
  other = await server.foundPharmacy('bob@other.test');
  seller = await enrol(pharmacy);
  parents = await sellSomething();
});
afterAll(() => server.close());

async function enrol(owner: TestPharmacy, set: Device['set'] = 'office') {
  const { body } = await server.call('POST', '/api/devices', { body: { name: 'Counter', set }, headers: owner.bearer });
  const device = enrolResponseSchema.parse(body);
  return { ...device, headers: { ...owner.bearer, 'x-device-token': device.deviceToken } };
}

/** A till is opened and a pack is sold: a line of each long ledger, and the float; answers what they hang under. */
async function sellSomething(): Promise<Record<LedgerKind, string>> {
  const mutations: Mutation[] = [];
  const make = (name: string, args: Mutation['args']) => {
    const n = mutations.length + 1;
    const wire = {
      deviceId: seller.deviceId,
      n,
      name,
      version: 1,
      actorId: pharmacy.user.id,
      madeAt: server.env.now(),
      madeAtSkewMs: 0,
      businessOn: '2026-11-23',
      basis: 0,
      args,
    };
    mutations.push(chainMutation(wire, mutations.at(-1)?.hash ?? CHAIN_START, server.env.sha256));
    return `${seller.deviceId}-${n}-0`;
  };
  const tillId = make('till.add', { name: 'Till 1' });
  const opening = { tillId, currency: 'EUR', floatMinor: 0, floatDenominations: null, offsetMinutes: 60 };
  const sessionId = make('cashSession.open', opening);
  make('sale.record', {
    sessionId,
    tillId,
    lines: [
      {
        itemId: 'item-1',
        name: 'Doliro',
        units: 1,
        unitsPerPack: 1,
        packPriceMinor: 250,
        vatRateBp: 0,
        lots: [{ lotId: 'lot-1', lotText: null, expiryOn: null, units: 1 }],
        fefoSkipped: false,
        fefoReason: null,
      },
    ],
    payments: [{ methodId: 'cash', tenderedMinor: 250, amountMinor: 250 }],
    totalMinor: 250,
    roundingMinor: 0,
    changeMinor: 0,
  });
  const push = { mutations: mutations.map(toWire), lastHash: mutations.at(-1)?.hash };
  const { status } = await server.call('POST', '/api/sync/push', { body: push, headers: seller.headers });
  expect(status).toBe(200);
  const { rows } = await server.database.owner.query<{ lot: string }>('select lot_id as lot from stock_movements');
  return { sale: sessionId, cashMovement: sessionId, stockMovement: rows[0]?.lot ?? '' };
}

function ask(headers: Readonly<Record<string, string>>, kind: LedgerKind, more: Readonly<Record<string, unknown>> = {}) {
  const body = { kind, parent: parents[kind], before: cursorBefore(server.env.now() + 1), limit: 10, ...more };
  return server.call('POST', '/api/sync/ledger', { body, headers });
}

test('[SY17] a device gets the lines of each long ledger its set has, and nothing of the others', async () => {
  const outcomes: Record<string, unknown> = {};
  for (const set of ['office', 'counter', 'light'] as const) {
    const device = await enrol(pharmacy, set);
    for (const kind of ['sale', 'cashMovement', 'stockMovement'] as const) {
      const { status, body } = await ask(device.headers, kind);
      const lines = ledgerPageResponseSchema.safeParse(body).data?.lines.length ?? (body as { code: string }).code;
      outcomes[`${set} ${kind}`] = `${status} ${lines}`;
    }
  }
  expect(outcomes).toEqual({
    'office sale': '200 1',
    'office cashMovement': '200 2',
    'office stockMovement': '200 1',
    'counter sale': '200 1',
    'counter cashMovement': '200 2',
    'counter stockMovement': '403 kind_not_held',
    'light sale': '403 kind_not_held',
    'light cashMovement': '403 kind_not_held',
    'light stockMovement': '403 kind_not_held',
  });
});

test('[SY17] whoever may not pull may not read old lines: no session, no or another device, closed ones, old apps', async () => {
  const token = { 'x-device-token': seller.deviceToken };
  const theirs = await enrol(other);
  const lost = await enrol(pharmacy);
  const revoked = await enrol(pharmacy);
  await server.database.owner.query(`update device_states set status = 'lost' where id = $1`, [lost.deviceId]);
  await server.database.owner.query(`update device_states set status = 'revoked' where id = $1`, [revoked.deviceId]);
  const callers = [
    token,
    pharmacy.bearer,
    { ...other.bearer, ...token },
    lost.headers,
    revoked.headers,
    { ...seller.headers, 'x-protocol-version': '0' },
  ];
  const pull = { epoch: 1, since: 0, limit: 10, receiptsAfter: 0, head: null };
  for (const headers of callers) {
    const { status, body } = await ask(headers, 'sale');
    const pulled = await server.call('POST', '/api/sync/pull', { body: pull, headers });
    expect([status, (body as { code: string }).code]).toEqual([pulled.status, (pulled.body as { code: string }).code]);
    expect([401, 426]).toContain(status);
  }
  expect(await ask(theirs.headers, 'sale')).toMatchObject({ status: 200, body: { lines: [], next: null } });
});

test('[SY17] a page is bounded, and what makes no sense is named', async () => {
  const fields = async (kind: string, more: Readonly<Record<string, unknown>>) => {
    const { status, body } = await ask(seller.headers, 'sale', { kind, ...more });
    return [status, ...(body as { errors: { field: string }[] }).errors.map(({ field }) => field)];
  };
  expect(await fields('sale', { limit: 201 })).toEqual([400, 'limit']);
  expect(await fields('sale', { limit: 0 })).toEqual([400, 'limit']);
  expect(await fields('item', {})).toEqual([400, 'kind']);
  expect(await fields('sale', { parent: '' })).toEqual([400, 'parent']);
  expect(await fields('sale', { before: { at: 0.5, id: '' } })).toEqual([400, 'before.at']);
});
