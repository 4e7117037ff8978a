import { hash } from 'node:crypto';
import { createWorkspace, type OpenWorkspace, type WorkspaceEnd } from '#client/create-workspace.ts';
import type { ItemSearch } from '#client/search/worker-search.ts';
import { type KeptSession, keptSession, renewDevice } from '#client/session.ts';
import { delay } from '#schema/env.ts';
import type { Role } from '#schema/permissions.ts';
import type { Device } from '#schema/records/device.ts';
import type { TenantStore } from '#server/apply/tenant-store.ts';
import { createTenant, enrolDevice } from '#server/apply/tenants.ts';
import { Random } from '../support/random.ts';
import { FailingNetwork } from './failing-network.ts';
import { Faults } from './faults.ts';
import { MemoryDatabase } from './memory-database.ts';
import { MemoryTenantStore } from './memory-tenant-store.ts';
import { openingActs, SIM_SHOP } from './pharmacy.ts';
import type { Tier } from './postgres-tier.ts';
import { Process, Scheduler } from './scheduler.ts';
import { SimBrowser } from './sim-browser.ts';
import { SimServer } from './sim-server.ts';
import type { Trace } from './trace.ts';

/** 2026-11-23T08:00:00Z. */
const START_AT = Date.UTC(2026, 10, 23, 8);
/** How long somebody waits before they try to enrol a tablet again. */
const ENROL_AGAIN_MS = 8_000;
const YEAR_MS = 365 * 24 * 3_600_000;

/** Who works on which tablet. */
const PEOPLE: readonly { readonly id: string; readonly role: Role; readonly set: Device['set'] }[] = [
  { id: 'ana', role: 'owner', set: 'office' },
  { id: 'max', role: 'manager', set: 'office' },
  { id: 'pia', role: 'pharmacist', set: 'counter' },
  { id: 'paul', role: 'pharmacist', set: 'office' },
  { id: 'mia', role: 'manager', set: 'light' },
];

/** A tablet and who works on it. */
export interface SimTablet {
  readonly browser: SimBrowser;
  session: KeptSession;
  /** Ids of the devices it was until its stores were cleared. */
  readonly was: string[];
  /** A workspace was closed here: what was under way then found its stores closed. */
  hasEnded: boolean;
  readonly set: Device['set'];
  /** Ids of the devices it was when a record on its disk went bad. */
  readonly hadRot: string[];
  tabs: SimTab[];
  isSignedIn: boolean;
  /** Its app speaks a protocol that the server no longer answers. */
  isOld: boolean;
}

/** An open tab. */
export interface SimTab {
  readonly process: Process;
  /** Null until it has opened. */
  workspace: OpenWorkspace | null;
  /** Up to where it must know its tablet's acts: what it saved itself, and what it was told of. */
  knownN: number;
}

/** Nobody searches in the simulation. */
const NO_SEARCH: ItemSearch = { put: async () => {}, search: async () => [], findByCode: async () => null, close: () => {} };

/**
 * A pharmacy in virtual time: tablets with the real client code, the real door and sync on the server, and a machine under both that fails as the
 * seed says.
 */
export class World {
  readonly tenantId: string;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly tablets: SimTablet[] = [];
  readonly network = new FailingNetwork(this);
  database = new MemoryDatabase();
  /** The database as it was before each time it was put back, newest last. */
  readonly lost: MemoryDatabase[] = [];
  /** Z numbers that tablets had been told before the last time: they may stand on paper. By `deviceId n` of the close. */
  readonly zNumbersTold = new Map<string, { readonly tillId: string; readonly zNumber: number }>();
  server: SimServer | null = null;
  /** What was seen wrong while the seed ran. */
  readonly problems: string[] = [];
  readonly sha256 = (text: string) => hash('sha256', text);
  #lives = 0;
  readonly #openStore: (process: Process) => TenantStore;

  constructor(seed: number, trace: Trace, tier: Tier | null) {
    this.tenantId = tier?.tenantId() ?? 'simtenant0000000';
    this.random = new Random(seed);
    this.scheduler = new Scheduler(this.random.fork(), START_AT);
    // Putting back a real database is a matter of real files: `npm run rewind`.
    this.faults = new Faults(this.random.fork(), tier ? ['rewind'] : []);
    this.trace = trace;
    const machine = { scheduler: this.scheduler, random: this.random.fork(), faults: this.faults };
    this.#openStore = (process) =>
      tier?.openStore(this, process) ?? new MemoryTenantStore(this.tenantId, this.database, { ...machine, process });
  }

  /** Makes the pharmacy, without faults: people, tills, products with lots, tablets. */
  async setUp(tabletCount: number): Promise<void> {
    const { deps } = this.startServer();
    const making = this.#makePharmacy(deps, tabletCount);
    await this.scheduler.runUntil(START_AT + 60_000);
    await making;
  }

  async #makePharmacy(deps: SimServer['deps'], tabletCount: number): Promise<void> {
    await createTenant(deps, { id: this.tenantId, shop: SIM_SHOP, ownerId: 'ana', ownerName: 'ana' });
    const members = PEOPLE.slice(1).map(({ id, role }) => ({ name: 'member.add', args: { userId: id, name: id, role } }));
    for (const acts of [members, ...openingActs(await importDeviceOf(deps, this.tenantId), members.length)]) {
      const businessOn = SIM_SHOP.createdOn;
      const outcome = await deps.door.submit(this.tenantId, {
        kind: 'acts',
        channel: 'import',
        actorId: 'ana',
        acts: acts.map((act) => ({ ...act, businessOn })),
      });
      const bad = outcome.kind === 'receipts' ? outcome.receipts.find(({ verdict }) => verdict !== 'applied') : outcome;
      if (bad) throw new Error(`the pharmacy could not be made: ${JSON.stringify(bad)}`);
    }
    for (let i = 0; i < tabletCount; i += 1) await this.#enrol(deps, i);
  }

  /** Somebody enrols the `i`-th tablet, once those before it are, and opens the app on it; tries again until the server is there. */
  enrolTablet(i: number): void {
    const isDone = () => this.tablets.length > i;
    if (this.server && this.tablets.length === i)
      this.#enrol(this.server.deps, i, isDone).then(
        (tablet) => tablet && this.openTab(tablet),
        (error: unknown) => this.trace.say(this.scheduler.now, 'seed', `could not enrol a tablet: ${String(error)}`),
      );
    this.scheduler.after(null, ENROL_AGAIN_MS, () => isDone() || this.enrolTablet(i));
  }

  /** Null when it was done meanwhile. */
  async #enrol(deps: SimServer['deps'], i: number, isDone = () => false): Promise<SimTablet | null> {
    const person = PEOPLE[i % PEOPLE.length];
    if (!person) throw new Error('nobody works on this tablet');
    const { set } = person;
    const name = `Tablet ${i + 1}`;
    const enrolled = await enrolDevice(deps, this.tenantId, {
      name,
      set,
      enrolledBy: 'ana',
      businessOn: SIM_SHOP.createdOn,
    });
    if (isDone()) return null;
    const { deviceId: id, deviceToken: token, number } = enrolled;
    const machine = {
      scheduler: this.scheduler,
      random: this.random.fork(),
      faults: this.faults,
      network: this.network,
      sha256: this.sha256,
    };
    const browser = new SimBrowser(name, machine);
    if (this.faults.chosen.has('skew'))
      browser.clockOffsetMs = Math.round((this.random.next() - 0.5) * (this.random.chance(0.3) ? 4 * YEAR_MS : 600_000));
    const session: KeptSession = {
      tenant: { id: this.tenantId, name: SIM_SHOP.name },
      tenants: [],
      user: { id: person.id, name: person.id },
      role: person.role,
      device: { id, token, number, name },
    };
    browser.keep('pharmasaas-session', JSON.stringify(session));
    const tablet: SimTablet = {
      browser,
      session,
      was: [],
      hasEnded: false,
      set,
      hadRot: [],
      tabs: [],
      isSignedIn: true,
      isOld: false,
    };
    this.tablets.push(tablet);
    return tablet;
  }

  openTab(tablet: SimTablet): SimTab {
    const process = new Process(`${tablet.browser.name} tab ${(this.#lives += 1)}`);
    const tab: SimTab = { process, workspace: null, knownN: 0 };
    tablet.tabs.push(tab);
    process.onDeath.push(() => {
      tablet.tabs = tablet.tabs.filter((other) => other !== tab);
    });
    this.trace.say(this.scheduler.now, process.name, 'opens');
    // A tab that cannot open its stores shows an error; the person opens it again.
    const failed = (error: unknown) => {
      this.trace.say(this.scheduler.now, process.name, `could not open: ${String(error)}`);
      this.scheduler.kill(process);
    };
    this.#work(tablet, tab).catch(failed);
    return tab;
  }

  /** What the app does: works as long as the tablet may go on as the device it is, then as the one it becomes (SY25). */
  async #work(tablet: SimTablet, tab: SimTab): Promise<void> {
    const env = tablet.browser.envOf(tab.process);
    for (;;) {
      const { session } = tablet;
      let end: (why: WorkspaceEnd) => void = () => undefined;
      const ended = new Promise<WorkspaceEnd>((resolve) => {
        end = resolve;
      });
      const workspace = await createWorkspace(env, session, NO_SEARCH, { onEnd: (why) => end(why) });
      tab.workspace = workspace;
      // What lay in the outbox by now may be newer than what it has read.
      tab.knownN = 0;
      const why = await ended;
      tablet.hasEnded = true;
      tab.workspace = null;
      await workspace.close();
      if (why === 'gone') await this.#renew(tablet, tab, session);
      if (why === 'renumbered') tablet.session = keptSession(env) ?? session;
    }
  }

  /** Asks until it is another device, or another tab has made it one. */
  async #renew(tablet: SimTablet, { process }: SimTab, gone: KeptSession): Promise<void> {
    const env = tablet.browser.envOf(process);
    while (tablet.session === gone) {
      if (tablet.was.length >= tablet.browser.disk.evictions) {
        this.problems.push(`${process.name} gives up ${gone.device.id}, whose stores nobody cleared`);
        this.scheduler.kill(process);
      }
      const renewed = await renewDevice(env, gone);
      if (renewed.ok && tablet.session === gone) {
        tablet.was.push(gone.device.id);
        tablet.session = renewed.renewal.session;
        this.trace.say(this.scheduler.now, process.name, `goes on as ${tablet.session.device.id}`);
      } else if (!renewed.ok) await delay(env, 5_000);
    }
  }

  startServer(): SimServer {
    this.#lives += 1;
    const machine = { scheduler: this.scheduler, random: this.random.fork(), sha256: this.sha256 };
    this.server = new SimServer(this.tenantId, this.#lives, machine, this.#openStore, (poke) => this.network.poke(poke));
    this.network.changed();
    return this.server;
  }

  /** kill −9: connections are reset, what was not committed never happened. */
  killServer(): void {
    if (!this.server) return;
    this.trace.say(this.scheduler.now, this.server.process.name, 'is killed');
    this.scheduler.kill(this.server.process);
    this.server = null;
    this.network.reset();
  }

  /** Puts the data back to an earlier copy while the server is down; a new epoch begins, unless somebody only copied files. */
  restore(copy: MemoryDatabase, isNewEpoch: boolean): void {
    this.trace.say(this.scheduler.now, 'server', `goes back from seq ${this.database.head.seq} to ${copy.head.seq}`);
    this.lost.push(this.database);
    const restored = copy.copy();
    restored.head = { ...copy.head, epoch: this.database.head.epoch + (isNewEpoch ? 1 : 0) };
    this.database = restored;
  }

  /** Somebody at the server changes a member's role, or removes the member. */
  changeRole(userId: string, role: Role | null): void {
    const { server } = this;
    if (!server) return;
    this.trace.say(this.scheduler.now, 'server', `makes ${userId} ${role ?? 'nobody'}`);
    const acts = [{ name: 'member.setRole', args: { userId, role }, businessOn: SIM_SHOP.createdOn }];
    // What the database's faults make of it is no matter of this.
    server.deps.door.submit(this.tenantId, { kind: 'acts', channel: 'api', actorId: 'ana', acts }).catch(() => undefined);
  }
}

async function importDeviceOf({ store }: SimServer['deps'], tenantId: string): Promise<string> {
  return store.transact(tenantId, async (transaction) => (await transaction.loadDevice({ channel: 'import' }))?.id ?? '');
}
