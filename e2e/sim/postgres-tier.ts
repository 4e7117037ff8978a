import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canonicalJson } from '#schema/canonical-json.ts';
import { nameOf } from '#schema/working-set.ts';
import type { NewDevice, TenantChanges, TenantState, TenantStore, TenantTransaction } from '#server/apply/tenant-store.ts';
import { openDatabase } from '#server/db/open-database.ts';
import { createPool } from '#server/db/pool.ts';
import { createPostgresTenantStore } from '#server/db/postgres-tenant-store.ts';
import { SILENT_LOG } from '#server/testing/silent-log.ts';
import { type MemoryDatabase, newDeviceRow } from './memory-database.ts';
import { failDatabase, joined } from './memory-tenant-store.ts';
import type { Process } from './scheduler.ts';
import type { World } from './world.ts';

/** A store that is not in memory: where it is, and what must agree with the oracle's picture at the end. */
export interface Tier {
  readonly tenantId: () => string;
  readonly openStore: (world: World, process: Process) => TenantStore;
  /** Where the real store and what was committed through it differ. */
  readonly differences: (world: World) => Promise<string[]>;
  readonly close: () => Promise<void>;
}

/** The embedded PostgreSQL: the same seeds over the real store, one tenant a seed. Real time stands still for the rest of the world meanwhile. */
export async function openPostgresTier(): Promise<Tier> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sim-'));
  // The database's own account must be able to enter.
  await chmod(folder, 0o755);
  const opened = await openDatabase({ databaseUrl: null, dataDir: folder, log: SILENT_LOG });
  const pool = createPool(opened.url, { max: 3, log: SILENT_LOG });
  const real = createPostgresTenantStore(pool);
  let tenants = 0;
  return {
    tenantId: () => `sim${String((tenants += 1)).padStart(13, '0')}`,
    openStore: (world, process) => new MirroredStore(real, world, process),
    differences: (world) => differences(real, world),
    close: async () => {
      await pool.end();
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The real store, with everything committed through it also kept in the oracle's picture, whose versions can be looked at. */
class MirroredStore implements TenantStore {
  readonly #real: TenantStore;
  readonly #world: World;
  readonly #process: Process;
  #lock: Promise<unknown> = Promise.resolve();

  constructor(real: TenantStore, world: World, process: Process) {
    this.#real = real;
    this.#world = world;
    this.#process = process;
  }

  async create(tenantId: string, channels: readonly NewDevice[]): Promise<void> {
    await this.#outside(() => this.#real.create(tenantId, channels));
    for (const device of channels) this.#picture.putDevice(newDeviceRow(device));
  }

  transact<Value>(tenantId: string, work: (transaction: TenantTransaction) => Promise<Value>): Promise<Value> {
    const done = this.#lock.then(() => this.#transactNow(tenantId, work));
    this.#lock = done.catch(() => undefined);
    return done;
  }

  read<Value>(tenantId: string, deviceId: string, work: (state: TenantState) => Promise<Value>): Promise<Value> {
    return this.#outside(() => this.#real.read(tenantId, deviceId, work));
  }

  findDevice(tenantId: string, tokenHash: string) {
    return this.#outside(() => this.#real.findDevice(tenantId, tokenHash));
  }

  recountDigest(tenantId: string): Promise<readonly string[]> {
    return this.#outside(() => this.#real.recountDigest(tenantId));
  }

  async noteContact(tenantId: string, deviceId: string, at: number): Promise<void> {
    await this.#outside(() => this.#real.noteContact(tenantId, deviceId, at));
  }

  get #picture(): MemoryDatabase {
    return this.#world.database;
  }

  async #transactNow<Value>(tenantId: string, work: (transaction: TenantTransaction) => Promise<Value>): Promise<Value> {
    let changes: TenantChanges | null = null;
    const result = await this.#outside(() =>
      this.#real.transact(tenantId, (transaction) => {
        changes = null;
        return work(noting(transaction, (now) => (changes = now(changes))));
      }),
    );
    if (changes) this.#picture.commit(changes);
    await this.#world.scheduler.turn(this.#process);
    failDatabase(this.#world, 'committed');
    return result;
  }

  async #outside<Value>(work: () => Promise<Value>): Promise<Value> {
    await this.#world.scheduler.turn(this.#process);
    failDatabase(this.#world, 'begin');
    return this.#world.scheduler.outside(work);
  }
}

/** Notes what a transaction writes, and forgets what a savepoint undoes. */
function noting(
  transaction: TenantTransaction,
  note: (next: (before: TenantChanges | null) => TenantChanges | null) => void,
): TenantTransaction {
  return {
    ...transaction,
    write: async (changes) => {
      await transaction.write(changes);
      note((before) => joined(before, changes));
    },
    savepoint: async (work) => {
      let kept: TenantChanges | null = null;
      note((before) => (kept = before));
      await transaction.savepoint(work).catch((error: unknown) => {
        note(() => kept);
        throw error;
      });
    },
  };
}

async function differences(real: TenantStore, { tenantId, database, tablets }: World): Promise<string[]> {
  const deviceId = tablets[0]?.session.device.id ?? '';
  return real.read(tenantId, deviceId, async (state) => {
    const found: string[] = [];
    if (canonicalJson(state.head) !== canonicalJson(database.head)) found.push(`the head is ${canonicalJson(state.head)}`);
    const missing = new Map([...database.current].map(([name, { stored }]) => [name, canonicalJson(stored.body)]));
    let [since, more] = [0, true];
    while (more) {
      const page = await state.readFeed(since, 1_000);
      for (const { kind, id, body } of page.rows) {
        if (missing.get(nameOf(kind, id)) !== canonicalJson(JSON.parse(body))) found.push(`${kind} ${id} is stored as ${body}`);
        missing.delete(nameOf(kind, id));
      }
      since = page.rows.at(-1)?.seq ?? since;
      more = page.more;
    }
    return [...found, ...[...missing.keys()].map((name) => `${name} is not stored`)];
  });
}
