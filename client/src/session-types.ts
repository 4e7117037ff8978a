import type { Role } from '#schema/permissions.ts';
import type { Unsubscribe, Workspace } from './workspace.ts';

/** Who is signed in on this tablet, and the workspace that goes with it. */
export type SessionState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'signed_out' }
  /** `failure` says why the local store cannot be opened; nothing can be recorded then. */
  | { readonly kind: 'blocked'; readonly failure: string }
  | { readonly kind: 'open'; readonly workspace: Workspace; readonly tenants: readonly TenantChoice[] };

/** A pharmacy the member may work in. */
export interface TenantChoice {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/**
 * Outcome of signing in. `refused`: the server said no; `code` is a stable error code. `offline`: the server could not be reached.
 */
export type SignInResult =
  | { readonly kind: 'signed_in' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'offline' };

/** `unsent`: that many acts wait; they stay on this tablet whatever happens (SY11). */
export type SignOutResult = { readonly kind: 'signed_out' } | { readonly kind: 'unsent'; readonly count: number };

/** Sign-in, sign-out and the open workspace, for the app's shell. */
export interface Session {
  readonly state: () => SessionState;
  readonly watch: (onState: (state: SessionState) => void) => Unsubscribe;
  /** Signs in online, enrols this browser as a device of the tenant once, and opens the workspace. */
  readonly signIn: (input: {
    readonly email: string;
    readonly password: string;
    readonly tenantId?: string;
    /** Name of this tablet when it is enrolled; default `Tablet`. */
    readonly deviceName?: string;
  }) => Promise<SignInResult>;
  /** Guarded while something is unsent (SY25): answers `unsent` unless forced. The queue is kept in every case. */
  readonly signOut: (options: { readonly force: boolean }) => Promise<SignOutResult>;
}
