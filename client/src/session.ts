import { z } from 'zod';
import { roleSchema } from '#schema/permissions.ts';
import { rescueKeySchema } from '#schema/rescue/rescue-file.ts';
import {
  type EnrolResponse,
  type enrolRequestSchema,
  enrolResponseSchema,
  signInResponseSchema,
  tenantSummarySchema,
} from '#schema/sync/messages.ts';
import type { ClientEnv, HttpAnswer } from './env.ts';
import { lastMade } from './store/outbox.ts';

/**
 * Who works on this tablet, and as which device of which pharmacy. What the tablet must know when it is switched on without a network is kept as
 * a small text: until PINs exist the last signed-in member goes on, and the screen says who.
 */
const keptSessionSchema = z.strictObject({
  tenant: z.strictObject({ id: z.string(), name: z.string() }),
  tenants: z.array(tenantSummarySchema),
  user: z.strictObject({ id: z.string(), name: z.string() }),
  role: roleSchema,
  device: z.strictObject({ id: z.string(), token: z.string(), number: z.int(), name: z.string() }),
  /** Rescue files are sealed to it (SY24); absent until a sign-in brings it. */
  rescueKey: rescueKeySchema.optional(),
});
export type KeptSession = z.infer<typeof keptSessionSchema>;

const SESSION = 'pharmasaas-session';
const deviceSchema = keptSessionSchema.shape.device;
const problemSchema = z.looseObject({ code: z.string(), detail: z.string().optional() });
const TIMEOUT_MS = 20_000;

/** Why somebody could not sign in or set up a pharmacy: a code of the error table, or `no_answer` without a network. */
export interface SessionProblem {
  readonly code: string;
  readonly message: string;
}

/**
 * What came of a sign-in. `password`: somebody else chose it, the person chooses their own first. `tenant`: the person belongs to several
 * pharmacies and says which.
 */
export type SessionResult =
  | { readonly ok: true; readonly session: KeptSession }
  | { readonly ok: false; readonly problem: SessionProblem }
  | { readonly ok: 'password' }
  | { readonly ok: 'tenant'; readonly tenants: readonly TenantChoice[] };

/** A pharmacy to go on in; `isHere` when this browser is a device of it already. */
export interface TenantChoice {
  readonly id: string;
  readonly name: string;
  readonly isHere: boolean;
}

/** What a workspace's stores, locks and channels are called: one set per tenant and device, so that queues never mix. */
export function workspaceNameOf({ tenant, device }: Pick<KeptSession, 'tenant' | 'device'>): string {
  return `pharmasaas-${tenant.id}-${device.id}`;
}

/** Whoever signed in last on this tablet, or null on a fresh one. Needs no network. */
export function keptSession(env: Pick<ClientEnv, 'local'>): KeptSession | null {
  const text = env.local.get(SESSION);
  if (text === null) return null;
  const parsed = keptSessionSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}

/** Signs in, and enrols this browser as a device of the pharmacy the first time. Asks back when there is something to choose. */
export async function signIn(
  env: Pick<ClientEnv, 'local' | 'request'>,
  credentials: { readonly email: string; readonly password: string },
  deviceName: string,
): Promise<SessionResult> {
  const { email, password } = credentials;
  return startSession(env, () => post(env, '/api/auth/sign-in', { email, password }), deviceName, 'ask');
}

/** Creates a pharmacy with its owner and goes on as them. */
export async function createPharmacy(
  env: Pick<ClientEnv, 'local' | 'request'>,
  pharmacy: Readonly<Record<string, unknown>>,
  deviceName: string,
): Promise<SessionResult> {
  return startSession(env, () => post(env, '/api/tenants', pharmacy), deviceName, 'there');
}

/** Replaces a password that somebody else chose, and goes on with the sign-in it was typed for. */
export async function choosePassword(
  env: Pick<ClientEnv, 'local' | 'request'>,
  credentials: { readonly email: string; readonly password: string },
  newPassword: string,
  deviceName: string,
): Promise<SessionResult> {
  try {
    const answer = await post(env, '/api/auth/password', { password: credentials.password, newPassword });
    if (answer.status >= 400) return { ok: false, problem: await problemOf(answer) };
  } catch (error) {
    return { ok: false, problem: noAnswer(error) };
  }
  return signIn(env, { email: credentials.email, password: newPassword }, deviceName);
}

/** Goes on in one of the person's pharmacies, with the device this browser is there. Needs the network. */
export async function switchTenant(
  env: Pick<ClientEnv, 'local' | 'request'>,
  tenantId: string,
  deviceName: string,
): Promise<SessionResult> {
  return startSession(env, () => post(env, '/api/auth/switch-tenant', { tenantId }), deviceName, 'there');
}

/** Forgets which device this browser is in a pharmacy; the next sign-in enrols a new one. */
export function forgetDevice(env: Pick<ClientEnv, 'local'>, tenantId: string): void {
  env.local.remove(deviceNameOf(tenantId));
}

/** Ends the session here and, when it can be reached, at the server. What is unsent stays in the outbox and is sent after the next sign-in. */
export async function signOut(env: Pick<ClientEnv, 'local' | 'request'>): Promise<void> {
  env.local.remove(SESSION);
  await post(env, '/api/auth/sign-out', {}).catch(() => undefined);
}

/** A tablet that could not go on as the one it was, and goes on as another (SY25). */
export interface Renewal {
  readonly session: KeptSession;
  /** What became of the old one; null when another tab of this browser has dealt with it. */
  readonly before: {
    readonly number: number;
    /** The last number the server received; null when it had closed the tablet before. */
    readonly receivedN: number | null;
    /** The last number the tablet remembers to have given. */
    readonly madeN: number | null;
  } | null;
}

/**
 * Enrols this browser anew, because its device cannot go on. Several tabs may ask at once: one enrols, the others follow.
 * Errors: a `SessionProblem`; `sign_in_required` when nobody is signed in any more.
 */
export async function renewDevice(
  env: Pick<ClientEnv, 'local' | 'request' | 'locks'>,
  session: KeptSession,
): Promise<{ readonly ok: true; readonly renewal: Renewal } | { readonly ok: false; readonly problem: SessionProblem }> {
  const { tenant, device: gone } = session;
  return env.locks.withLock(`renew ${tenant.id}`, async () => {
    const current = keptSession(env);
    if (current && current.tenant.id === tenant.id && current.device.id !== gone.id)
      return { ok: true, renewal: { session: current, before: null } };
    const madeN = lastMade(env, gone.id);
    const replaces = { deviceToken: gone.token, madeN };
    const enrolled = await enrol(env, tenant.id, { name: gone.name, set: 'office', replaces }).catch(noAnswer);
    if ('code' in enrolled) return { ok: false, problem: enrolled };
    const { device, replaced } = enrolled;
    const renewed = { ...session, device };
    env.local.set(SESSION, JSON.stringify(renewed));
    return {
      ok: true,
      renewal: { session: renewed, before: { number: gone.number, receivedN: replaced?.receivedN ?? null, madeN } },
    };
  });
}

/** Keeps the number the server gave this tablet when it came back to one that had forgotten it (SY8). */
export function renumberDevice(env: Pick<ClientEnv, 'local'>, { tenant, device }: KeptSession, number: number): void {
  env.local.set(deviceNameOf(tenant.id), JSON.stringify({ ...device, number }));
  const current = keptSession(env);
  if (current?.device.id === device.id) env.local.set(SESSION, JSON.stringify({ ...current, device: { ...device, number } }));
}

async function startSession(
  env: Pick<ClientEnv, 'local' | 'request'>,
  ask: () => Promise<HttpAnswer>,
  deviceName: string,
  /** `ask` which pharmacy when there are several, or go on in the one the answer names. */
  where: 'ask' | 'there',
): Promise<SessionResult> {
  try {
    const answer = await ask();
    if (answer.status >= 400) return { ok: false, problem: await problemOf(answer) };
    const signedIn = signInResponseSchema.parse(await answer.json());
    if (signedIn.mustChangePassword) return { ok: 'password' };
    if (where === 'ask' && signedIn.tenants.length > 1) return { ok: 'tenant', tenants: choicesOf(env, signedIn.tenants) };
    const device = await deviceOf(env, signedIn.tenant.id, deviceName);
    if ('code' in device) return { ok: false, problem: device };
    const session: KeptSession = {
      tenant: signedIn.tenant,
      tenants: signedIn.tenants,
      user: { id: signedIn.user.id, name: signedIn.user.name },
      role: signedIn.role,
      device,
      rescueKey: signedIn.rescueKey,
    };
    env.local.set(SESSION, JSON.stringify(session));
    return { ok: true, session };
  } catch (error) {
    return { ok: false, problem: noAnswer(error) };
  }
}

function noAnswer(error: unknown): SessionProblem {
  return {
    code: error instanceof z.ZodError ? 'bad_answer' : 'no_answer',
    message: error instanceof Error ? error.message : String(error),
  };
}

/** Where this browser is a device already stands first. */
function choicesOf(env: Pick<ClientEnv, 'local'>, tenants: KeptSession['tenants']): TenantChoice[] {
  const choices = tenants.map(({ id, name }) => ({ id, name, isHere: env.local.get(deviceNameOf(id)) !== null }));
  return [...choices.filter(({ isHere }) => isHere), ...choices.filter(({ isHere }) => !isHere)];
}

function deviceNameOf(tenantId: string): string {
  return `pharmasaas-device-${tenantId}`;
}

/** This browser's device in a tenant: remembered, or enrolled now. */
async function deviceOf(
  env: Pick<ClientEnv, 'local' | 'request'>,
  tenantId: string,
  name: string,
): Promise<KeptSession['device'] | SessionProblem> {
  const remembered = env.local.get(deviceNameOf(tenantId));
  if (remembered !== null) {
    const parsed = deviceSchema.safeParse(JSON.parse(remembered));
    if (parsed.success) return parsed.data;
  }
  const enrolled = await enrol(env, tenantId, { name, set: 'office' });
  return 'code' in enrolled ? enrolled : enrolled.device;
}

async function enrol(
  env: Pick<ClientEnv, 'local' | 'request'>,
  tenantId: string,
  asked: z.input<typeof enrolRequestSchema>,
): Promise<{ device: KeptSession['device']; replaced: EnrolResponse['replaced'] } | SessionProblem> {
  const answer = await post(env, '/api/devices', asked);
  if (answer.status >= 400) return problemOf(answer);
  const { deviceId, deviceToken, number, name, replaced } = enrolResponseSchema.parse(await answer.json());
  const device = { id: deviceId, token: deviceToken, number, name };
  env.local.set(deviceNameOf(tenantId), JSON.stringify(device));
  return { device, replaced };
}

function post(env: Pick<ClientEnv, 'request'>, path: string, body: unknown): Promise<HttpAnswer> {
  return env.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
  });
}

async function problemOf(answer: HttpAnswer): Promise<SessionProblem> {
  const parsed = problemSchema.safeParse(await answer.json().catch(() => null));
  return parsed.success
    ? { code: parsed.data.code, message: parsed.data.detail ?? '' }
    : { code: 'unknown', message: `status ${answer.status}` };
}
