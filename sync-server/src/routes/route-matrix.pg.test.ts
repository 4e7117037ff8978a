import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Action, canDo, ROLES, type Role } from '#schema/permissions.ts';
import { createApp } from '../app.ts';
import { SESSION_MS } from '../auth/sessions.ts';
import { type CallAnswer, createTestServer, TEST_PASSWORD, type TestPharmacy, type TestServer } from '../testing/server.ts';

/**
 * Who may use which address: `public` needs no session; `member` any role; an action whoever the table of permissions allows; `device` a member's
 * session and a device token. A route that is not listed here fails the test below.
 */
interface Row {
  readonly route: string;
  readonly for: 'public' | 'member' | 'device' | Action;
  /** Where it is mounted, before the route's own path. */
  readonly at: string;
  readonly body?: unknown;
  /** Open to somebody whose password was chosen by somebody else. */
  readonly onOneTimePassword?: true;
  /** A 401 or 403 of the address itself, which says nothing about the role. */
  readonly refusals?: string;
}

const NOBODYS = 'n0th1ng000000000';
const REPORT = { kind: 'digest_mismatch', epoch: 1, seq: 0, sums: {}, afterSnapshot: false };
const LEDGER = { kind: 'sale', parent: NOBODYS, before: { at: 0, id: '' }, limit: 1 };
const ROWS: readonly Row[] = [
  { at: '', route: 'get /livez', for: 'public' },
  { at: '', route: 'get /readyz', for: 'public' },
  { at: '', route: 'get /healthz', for: 'public' },
  { at: '', route: 'get /{*any}', for: 'public' },
  { at: '/api', route: 'post /auth/sign-in', for: 'public', body: {} },
  { at: '/api', route: 'post /tenants', for: 'public', body: {} },
  { at: '/api', route: 'post /auth/sign-out', for: 'public', body: {} },
  { at: '/api', route: 'get /auth/session', for: 'member', onOneTimePassword: true },
  {
    at: '/api',
    route: 'post /auth/switch-tenant',
    for: 'member',
    body: { tenantId: NOBODYS },
    refusals: 'not_a_member',
    onOneTimePassword: true,
  },
  {
    at: '/api',
    route: 'post /auth/password',
    for: 'member',
    body: { password: 'x', newPassword: 'long enough by far' },
    refusals: 'wrong_credentials',
    onOneTimePassword: true,
  },
  { at: '/api', route: 'post /members', for: 'member.add', body: { email: 'new@test.test', name: 'New', role: 'auditor' } },
  { at: '/api', route: 'get /devices', for: 'view.devices' },
  { at: '/api', route: 'post /devices', for: 'member', body: { name: 'Tablet' } },
  { at: '/api/sync', route: 'post /push', for: 'device', body: { mutations: [{ n: 1 }], lastHash: '0'.repeat(64) } },
  { at: '/api/sync', route: 'post /pull', for: 'device', body: { epoch: 1, since: 0, limit: 1, receiptsAfter: 0, head: null } },
  { at: '/api/sync', route: 'get /snapshot', for: 'device' },
  { at: '/api/sync', route: 'post /ledger', for: 'device', body: LEDGER },
  { at: '/api/sync', route: 'post /report', for: 'device', body: REPORT },
  { at: '/api', route: 'post /explain', for: 'member', body: { deviceId: 'aaaaaaaaaa01', n: 1, refs: ['item/1'], since: 0 } },
  { at: '/api', route: 'get /audit-log', for: 'view.audit' },
  { at: '/api', route: 'get /audit-log/head', for: 'view.audit' },
  { at: '/api', route: 'get /cash-sessions', for: 'view.reports' },
  { at: '/api', route: 'post /cash-sessions', for: 'cashSession.open', body: { tillId: 'nothing', floatMinor: 0 } },
  { at: '/api', route: 'get /cash-sessions/:id', for: 'view.reports' },
  {
    at: '/api',
    route: 'post /cash-sessions/:id/close',
    for: 'cashSession.close',
    body: { counts: [{ methodId: 'cash', countedMinor: 0, denominations: null }] },
  },
  { at: '/api', route: 'get /reconciliations/:id', for: 'view.reports' },
  { at: '/api/inventory', route: 'get /items', for: 'view.reports' },
  { at: '/api/inventory', route: 'get /items/:id', for: 'view.reports' },
  { at: '/api/inventory', route: 'post /items', for: 'item.add', body: { name: 'Box' } },
  { at: '/api/imports', route: 'post /items', for: 'import.run', body: {} },
  { at: '/api/imports', route: 'post /stock', for: 'import.run', body: {} },
  { at: '/api/imports', route: 'get /:id', for: 'import.run' },
  { at: '/api/imports', route: 'get /:id/refused.csv', for: 'import.run' },
  { at: '/api/imports', route: 'post /:id/cancel', for: 'import.run' },
];

let server: TestServer;
let pharmacy: TestPharmacy;
/** An owner who has not chosen a password yet. */
let invited: Readonly<Record<string, string>>;
const bearerByRole = new Map<Role, Readonly<Record<string, string>>>();

beforeAll(async () => {
  server = await createTestServer();
  pharmacy = await server.foundPharmacy('owner@test.test');
  bearerByRole.set('owner', pharmacy.bearer);
  for (const role of ROLES) {
    if (role === 'owner') continue;
    const { bearer, password } = await addMember(role, `${role}@test.test`);
    await server.call('POST', '/api/auth/password', { body: { password, newPassword: TEST_PASSWORD }, headers: bearer });
    bearerByRole.set(role, bearer);
  }
  invited = (await addMember('owner', 'invited@test.test')).bearer;
});
afterAll(() => server.close());

/** Adds somebody and signs them in with the password that was chosen for them. */
async function addMember(role: Role, email: string) {
  const added = await server.call('POST', '/api/members', { body: { email, name: role, role }, headers: pharmacy.bearer });
  const password = z.object({ userId: z.string(), oneTimePassword: z.string() }).parse(added.body).oneTimePassword;
  const { body } = await server.call('POST', '/api/auth/sign-in', { body: { email, password } });
  const { accessToken } = z.looseObject({ accessToken: z.string(), mustChangePassword: z.literal(true) }).parse(body);
  return { bearer: { authorization: `Bearer ${accessToken}` }, password };
}

function call({ at, route, body }: Row, headers: Readonly<Record<string, string>>): Promise<CallAnswer> {
  const [method = '', path = ''] = route.split(' ');
  const full = `${at}${path}`.replace(':id', NOBODYS).replace('{*any}', 'today');
  return server.call(method.toUpperCase(), full, { headers, ...(body === undefined ? {} : { body }) });
}

type Outcome = 'let in' | 'role refused' | 'device asked for' | 'failed';

/** What an answer says about the right to use the address; what is wrong with the request itself does not matter here. */
function outcomeOf({ refusals }: Row, status: number, code: string): Outcome {
  if (status >= 500) return 'failed';
  if (code === 'role_not_allowed') return 'role refused';
  if (code === 'device_not_enrolled') return 'device asked for';
  return (status === 401 || status === 403) && refusals !== code ? 'failed' : 'let in';
}

function expectedOf(row: Row, role: Role): Outcome {
  if (row.for === 'device') return 'device asked for';
  if (row.for === 'member' || row.for === 'public') return 'let in';
  return canDo(role, row.for) ? 'let in' : 'role refused';
}

function needsSession(row: Row): boolean {
  return row.for !== 'public';
}

const layersSchema = z.array(
  z.looseObject({
    route: z
      .looseObject({
        path: z.union([z.string(), z.array(z.string())]),
        stack: z.array(z.looseObject({ method: z.string().optional() })),
      })
      .optional(),
    handle: z.unknown(),
  }),
);

/** `method path` of every route below a router, as the router itself knows them. */
function routesBelow(router: unknown): string[] {
  const found = z.looseObject({ stack: layersSchema }).safeParse(router);
  if (!found.success) return [];
  return found.data.stack.flatMap((layer) => {
    if (!layer.route) return routesBelow(Object.assign({}, layer.handle));
    const methods = [...new Set(layer.route.stack.map(({ method }) => method ?? 'all'))];
    return [layer.route.path].flat().flatMap((path) => methods.map((method) => `${method} ${path}`));
  });
}

describe('who may use which address', () => {
  test('every route of the app is listed here', () => {
    const app = createApp(server.running.deps, '/nowhere');
    expect(routesBelow(Object.assign({}, app.router)).sort()).toEqual(ROWS.map(({ route }) => route).sort());
  });

  test.each(ROWS.filter(needsSession))('$at $route asks nobody in without a session', async (row) => {
    expect(await call(row, {})).toMatchObject({ status: 401, body: { code: 'sign_in_required' } });
    const forged = { authorization: `Bearer ${'0'.repeat(40)}` };
    expect(await call(row, forged)).toMatchObject({ status: 401, body: { code: 'sign_in_required' } });
  });

  test.each(ROWS.filter(needsSession))('$at $route obeys the table of permissions for every role', async (row) => {
    for (const role of ROLES) {
      const { status, body } = await call(row, bearerByRole.get(role) ?? {});
      const code = z.looseObject({ code: z.string() }).safeParse(body).data?.code ?? '';
      expect({ role, outcome: outcomeOf(row, status, code) }).toEqual({ role, outcome: expectedOf(row, role) });
    }
  });

  test.each(ROWS.filter(needsSession))('$at $route is closed to a password that somebody else chose', async (row) => {
    const { status, body } = await call(row, invited);
    const code = z.looseObject({ code: z.string() }).safeParse(body).data?.code ?? '';
    expect(status === 403 && code === 'password_change_required').toBe(row.onOneTimePassword !== true);
  });

  test('an expired session and a removed member get nowhere', async () => {
    const removed = await server.foundPharmacy('removed@test.test');
    await server.running.deps.door.submit(removed.tenant.id, {
      kind: 'acts',
      channel: 'worker',
      actorId: 'system',
      acts: [{ name: 'member.setRole', args: { userId: removed.user.id, role: null }, businessOn: '2026-11-23' }],
    });
    for (const row of ROWS.filter(needsSession))
      expect(await call(row, removed.bearer)).toMatchObject({ status: 403, body: { code: 'not_a_member' } });
    const start = server.env.now();
    server.env.setNow(start + SESSION_MS);
    for (const row of ROWS.filter(needsSession)) expect((await call(row, pharmacy.bearer)).status).toBe(401);
    server.env.setNow(start);
  });
});
