import type { Door } from './apply/door.ts';
import type { TenantStore } from './apply/tenant-store.ts';
import type { SessionKeeper } from './auth/sessions.ts';
import type { SignInLimits } from './auth/sign-in-limits.ts';
import type { DatabaseLog } from './db/database-log.ts';
import type { FairShare } from './db/fair-share.ts';
import type { IdentityStore } from './db/identity-store.ts';
import type { TenantPool } from './db/pool.ts';
import type { ServerEnv } from './env.ts';
import type { ImportJobs } from './imports/import-jobs.ts';
import type { RescueKeys } from './rescue/rescue-keys.ts';
import type { ReportLimits } from './sync/reports.ts';
import type { Sockets } from './sync/sockets.ts';

/** What routes and jobs are given; built once by `main.ts`, and by tests with an environment of their own. */
export interface Deps {
  readonly env: ServerEnv;
  readonly log: DatabaseLog;
  readonly pool: TenantPool;
  readonly share: FairShare;
  readonly store: TenantStore;
  readonly door: Door;
  readonly identities: IdentityStore;
  readonly sessions: SessionKeeper;
  readonly signInLimits: SignInLimits;
  readonly reports: ReportLimits;
  /** For snapshots, which take long: connections of their own (SY12). */
  readonly snapshotStore: TenantStore;
  readonly sockets: Sockets;
  readonly imports: ImportJobs;
  readonly rescueKeys: RescueKeys;
}
