import type { CookieOptions, Request, Response } from 'express';
import { type Action, canDo, type Role } from '#schema/permissions.ts';
import { currentRoleOf } from '#schema/records/member.ts';
import type { KnownDevice } from '../apply/tenant-store.ts';
import type { IdentityStore } from '../db/identity-store.ts';
import type { ServerEnv } from '../env.ts';
import { HttpProblem } from '../http/http-problem.ts';

/** A session lives so long after it was last used (decision 0005). */
export const SESSION_MS = 12 * 60 * 60_000;
/** It is extended at most this often, so that a request seldom writes. */
const EXTEND_AFTER_MS = 5 * 60_000;
/** Name of the browser's session cookie. */
export const SESSION_COOKIE = 'pharmasaas_session';
const TOKEN_LENGTH = 40;
/** Tokens whose tenant is remembered. */
const TENANTS_SEEN_MAX = 10_000;

/** Who sends a request, in which pharmacy, with which role there as of now. */
export interface Identity {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly tenantId: string;
  readonly role: Role;
  readonly expiresAt: number;
  /** Names the session in the store; not the token. */
  readonly tokenHash: string;
  readonly mustChangePassword: boolean;
}

/** Starts, recognises and ends sign-in sessions: opaque random tokens, stored hashed, sliding (decision 0005). */
export class SessionKeeper {
  readonly #env: ServerEnv;
  readonly #identities: IdentityStore;
  readonly #tenantsSeen = new Map<string, string>();

  constructor(env: ServerEnv, identities: IdentityStore) {
    this.#env = env;
    this.#identities = identities;
  }

  /** A new session; the token is shown only here. */
  async start(userId: string, tenantId: string): Promise<{ token: string; expiresAt: number }> {
    const token = this.#env.randomId(TOKEN_LENGTH);
    const now = this.#env.now();
    const expiresAt = now + SESSION_MS;
    await this.#identities.startSession(this.#env.sha256(token), userId, tenantId, now, expiresAt);
    return { token, expiresAt };
  }

  /**
   * Who a token belongs to. The role is read from the tenant's own member record, so a removal works at once.
   * Errors, in order: `sign_in_required` (no token, an unknown or expired one), `not_a_member`.
   */
  async identify(token: string | null): Promise<Identity> {
    const { identity } = await this.#identify(token, '');
    return identity;
  }

  /**
   * The identity behind a request that may do something. Errors, in order: those of `identify`, `password_change_required`, `role_not_allowed`.
   */
  async require(request: Request, action?: Action): Promise<Identity> {
    const identity = changedPassword(await this.requireAnyPassword(request));
    if (action !== undefined && !canDo(identity.role, action))
      throw new HttpProblem('role_not_allowed', { details: { role: identity.role, action } });
    return identity;
  }

  /**
   * The identity behind a request of a device, and the device its token names in that tenant; null for none. Errors, in order: those of `identify`,
   * `password_change_required`.
   */
  async requireWithDevice(request: Request): Promise<{ identity: Identity; device: KnownDevice | null }> {
    const deviceToken = request.get('x-device-token') ?? '';
    const { identity, device } = await this.#identify(tokenOf(request.headers), deviceToken);
    return { identity: changedPassword(identity), device };
  }

  /** The identity behind a request, also while its password was chosen by somebody else: for the few addresses that lead to a new one. */
  requireAnyPassword(request: Request): Promise<Identity> {
    return this.identify(tokenOf(request.headers));
  }

  /** The tenant a request's token was of when it was last seen; null when it never was. For counting requests, not for letting anybody in. */
  tenantSeen(request: Request): string | null {
    return this.#tenantsSeen.get(tokenOf(request.headers) ?? '') ?? null;
  }

  #noteTenant(token: string, tenantId: string): void {
    this.#tenantsSeen.delete(token);
    this.#tenantsSeen.set(token, tenantId);
    const [oldest] = this.#tenantsSeen.keys();
    if (this.#tenantsSeen.size > TENANTS_SEEN_MAX && oldest !== undefined) this.#tenantsSeen.delete(oldest);
  }

  async #identify(token: string | null, deviceToken: string): Promise<{ identity: Identity; device: KnownDevice | null }> {
    if (token === null) throw new HttpProblem('sign_in_required');
    const tokenHash = this.#env.sha256(token);
    const deviceTokenHash = deviceToken === '' ? '' : this.#env.sha256(deviceToken);
    const now = this.#env.now();
    const visitor = await this.#identities.visitor({ tokenHash, deviceTokenHash }, now, this.#tenantsSeen.get(token) ?? '');
    if (!visitor) throw new HttpProblem('sign_in_required');
    const { session, roles, device } = visitor;
    this.#noteTenant(token, session.tenantId);
    const role = roles && currentRoleOf({ roles });
    if (role === null) throw new HttpProblem('not_a_member');
    if (session.expiresAt - now < SESSION_MS - EXTEND_AFTER_MS) await this.#identities.extendSession(tokenHash, now + SESSION_MS);
    return { identity: { ...session, role, tokenHash }, device };
  }
}

function changedPassword(identity: Identity): Identity {
  if (identity.mustChangePassword) throw new HttpProblem('password_change_required');
  return identity;
}

/** The session token of a request: a bearer token first, else the cookie. */
export function tokenOf(headers: {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}): string | null {
  const bearer = /^Bearer ([0-9a-z]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  for (const part of (headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === SESSION_COOKIE && value) return value;
  }
  return null;
}

/** Hands the token to the browser where no script can read it. */
export function setSessionCookie(request: Request, response: Response, token: string): void {
  response.cookie(SESSION_COOKIE, token, { ...cookieOptions(request), maxAge: SESSION_MS });
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(SESSION_COOKIE, cookieOptions(request));
}

function cookieOptions(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' };
}
