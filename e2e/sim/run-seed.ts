import { HOUR_MS } from '#schema/time.ts';
import type { Random } from '../support/random.ts';
import { checkOverlay } from './check-overlay.ts';
import { Journal } from './journal.ts';
import { type Findings, judge, outboxRowsOf } from './oracle.ts';
import { nextAct } from './people.ts';
import { planFaults } from './plan-faults.ts';
import type { Tier } from './postgres-tier.ts';
import { StoreClosed } from './sim-disk.ts';
import { Trace } from './trace.ts';
import { type SimTab, type SimTablet, World } from './world.ts';

const TABLETS = 5;
/** Tablets that hold a replica before anything fails; the others are enrolled while it does. */
const READY = 3;
const ACTS = 200;
/** How often somebody only looks at what a tablet shows. */
const LOOKS = 40;
/** A tab that died may have stored acts without telling; the others look this often. */
const TOLD_MS = 31_000;
/** A move of so many records is always looked at, one of half as many every second time. */
const MOVED_ROWS = 40;
/** How long people work and things fail, in virtual ms. */
const BUSY_MS = 5 * 60_000;
/** How long everything may take to come together once nothing fails any more. */
const HEAL_MS = 10 * 60_000;
const HEAL_STEP_MS = 5_000;
const TWO_TIMERS_MS = 70_000;

export interface SeedResult {
  readonly seed: number;
  readonly findings: Findings;
  /** Acts that showed "saved". */
  readonly saved: number;
  readonly events: number;
  /** Virtual ms from the end of the faults until everything agreed. */
  readonly healedMs: number;
  readonly faults: readonly string[];
  readonly digest: string;
  readonly trace: readonly string[];
}

/** Runs one seed: a pharmacy at work while things fail, then everything works again, then every book is checked. */
export async function runSeed(
  seed: number,
  options: {
    readonly keepTrace?: boolean;
    readonly acts?: number;
    readonly tier?: Tier;
  } = {},
): Promise<SeedResult> {
  const trace = new Trace(options.keepTrace ?? false);
  const world = new World(seed, trace, options.tier ?? null);
  const { scheduler, faults } = world;
  const journal = new Journal();
  await world.setUp(READY);
  for (const tablet of world.tablets) world.openTab(tablet);
  await scheduler.runUntil(scheduler.now + 10_000);
  trace.say(scheduler.now, 'seed', `${seed}: ${[...faults.chosen].join(' ') || 'no faults'}`);
  faults.isHealing = false;
  planFaults(world, BUSY_MS);
  for (let i = READY; i < TABLETS; i += 1) scheduler.after(null, world.random.next() * 90_000, () => world.enrolTablet(i));
  for (let i = options.acts ?? ACTS; i > 0; i -= 1) {
    const random = world.random.fork();
    scheduler.after(null, random.next() * BUSY_MS, () => startAct(world, journal, random));
  }
  for (let i = LOOKS; i > 0; i -= 1) {
    const random = world.random.fork();
    scheduler.after(null, random.next() * BUSY_MS, () => startLook(world, journal, random));
  }
  lookAtMoves(world, journal);
  const busyUntil = scheduler.now + BUSY_MS;
  await scheduler.runUntil(busyUntil);
  heal(world);
  let healedMs = 0;
  while (healedMs < HEAL_MS && !isTogether(world)) {
    healedMs += HEAL_STEP_MS;
    await scheduler.runUntil(busyUntil + healedMs);
  }
  // What was receipted last is pulled within two timers: a request that was lost just before ends after the first, and a tablet that gave up asks again at
  // the second.
  await scheduler.runUntil(scheduler.now + TWO_TIMERS_MS);
  // A replica is built anew once an hour: where two records went bad, the second may have to wait for that.
  const rotten = world.tablets.filter(({ hadRot }) => hadRot.length > 0);
  for (const { browser } of rotten) browser.clockOffsetMs += HOUR_MS + TWO_TIMERS_MS;
  if (rotten.length > 0) await scheduler.runUntil(scheduler.now + TWO_TIMERS_MS);
  const findings = await judge(world, journal);
  if (options.tier) findings.diverged.push(...(await options.tier.differences(world)));
  if (!isTogether(world)) findings.stuck.push('not everything is sent');
  trace.say(scheduler.now, 'seed', `ends at seq ${world.database.head.seq}, log ${world.database.head.logSize}`);
  return {
    seed,
    findings,
    saved: journal.saved.length,
    events: scheduler.events,
    healedMs,
    faults: [...faults.chosen],
    digest: trace.digest(),
    trace: trace.lines,
  };
}

/** Somebody does something on some tablet; the machine may die at any step of it. */
function startAct(world: World, journal: Journal, random: Random): void {
  const tablet = random.pick(world.tablets);
  const tab = tablet && random.pick(tablet.tabs.filter(({ workspace, process }) => workspace && process.state === 'running'));
  if (!tablet || !tab) return;
  dieMeanwhile(world, tablet, tab, random);
  const others = tablet.tabs.filter((other) => other !== tab && other.workspace && other.process.state === 'running');
  // Two people at two tabs of one tablet.
  const second = random.chance(0.3) ? random.pick(others) : undefined;
  const own = random.fork();
  if (second) world.scheduler.after(second.process, random.next() * 20, () => go(world, journal, own, tablet, second));
  go(world, journal, random, tablet, tab);
}

function go(world: World, journal: Journal, random: Random, tablet: SimTablet, tab: SimTab): void {
  act(world, journal, random, tablet, tab).catch(problemOf(journal, tab));
}

/** Some machine dies at a random step of the act. */
function dieMeanwhile(world: World, tablet: SimTablet, { process }: SimTab, random: Random): void {
  const { scheduler, faults } = world;
  const within = random.next() * 60;
  const [dies, reopens] = [random.chance(0.1), random.next() * 20_000];
  if (!dies || !(faults.isOn('tabKill') || faults.isOn('browserKill'))) return;
  scheduler.after(null, within, () => {
    if (process.state === 'dead') return;
    world.trace.say(scheduler.now, process.name, 'is killed in the middle of it');
    for (const tab of faults.isOn('browserKill') ? tablet.tabs : [{ process }]) scheduler.kill(tab.process);
    scheduler.after(null, reopens, () => tablet.tabs.length === 0 && world.openTab(tablet));
  });
}

/** Somebody looks at a tab, and everything of which it must have been told by then must be there. */
function startLook(world: World, journal: Journal, random: Random): void {
  const tablet = random.pick(world.tablets);
  const tab = tablet && random.pick(tablet.tabs.filter(({ workspace, process }) => workspace && process.state === 'running'));
  if (!tablet || !tab) return;
  const { workspace } = tab;
  const known = outboxRowsOf(tablet).length;
  world.scheduler.after(tab.process, TOLD_MS, () => {
    if (tab.workspace === workspace) tab.knownN = Math.max(tab.knownN, known);
    look(world, journal, random, tablet, tab);
  });
}

/** Somebody looks at the very moment when the records under a tab move, rather when many move at once. */
function lookAtMoves(world: World, journal: Journal): void {
  for (const tablet of world.tablets) {
    const random = world.random.fork();
    tablet.browser.disk.onWrite = (store, rows) => {
      const isLookedAt = !world.faults.isHealing && random.chance(rows / MOVED_ROWS);
      if (!isLookedAt || store.endsWith('-outbox')) return;
      for (const tab of tablet.tabs) if (tab.process.state === 'running') look(world, journal, random.fork(), tablet, tab);
    };
  }
}

function look(world: World, journal: Journal, random: Random, tablet: SimTablet, tab: SimTab): void {
  checkOverlay(world, tablet, tab, random, journal).catch(problemOf(journal, tab));
}

/** Notes what went wrong with a tab; but what is read from a workspace that ended meanwhile finds its stores closed. */
function problemOf(journal: Journal, tab: SimTab): (error: unknown) => void {
  const { workspace } = tab;
  return (error) => {
    if (!(error instanceof StoreClosed && tab.workspace !== workspace))
      journal.problems.push(`${tab.process.name}: ${String(error)}`);
  };
}

async function act(world: World, journal: Journal, random: Random, tablet: SimTablet, tab: SimTab): Promise<void> {
  const { workspace, process } = tab;
  if (!workspace) return;
  const say = (what: string) => world.trace.say(world.scheduler.now, process.name, what);
  const wanted = await nextAct({ workspace, random, hasPoison: world.faults.chosen.has('poison') });
  if (!wanted) return;
  say(`${wanted.name} …`);
  journal.attempt(workspace.device.id, wanted);
  const result = await workspace.run(wanted.name, wanted.args);
  if (result.kind !== 'saved') {
    say(`${wanted.name} ${result.kind} ${'code' in result ? result.code : ''}`);
    if (result.kind === 'invalid') journal.problems.push(`${wanted.name}: ${result.field} ${result.problem}`);
    const { chosen } = world.faults;
    if (result.kind === 'not_saved' && !chosen.has('quota') && !chosen.has('storage')) journal.problems.push(result.message);
    return;
  }
  const { mutation, expected } = result;
  say(`${wanted.name} saved as ${mutation.n}, expects ${[expected.verdict, ...expected.codes].join(' ')}`);
  journal.saved.push(mutation);
  if (tab.workspace === workspace) tab.knownN = Math.max(tab.knownN, mutation.n);
  if (random.chance(0.2)) await checkOverlay(world, tablet, tab, random, journal);
}

/** From now on nothing fails: the server runs, networks are up, tabs are awake, and somebody looks at each tablet. */
function heal(world: World): void {
  world.faults.isHealing = true;
  world.trace.say(world.scheduler.now, 'seed', 'heals');
  if (!world.server) world.startServer();
  for (const tablet of world.tablets) {
    tablet.isSignedIn = true;
    tablet.isOld = false;
    tablet.browser.isOnline = true;
    // A tablet counts its rows once a day: more than one goes by, since its clock may have jumped back by some hours.
    if (tablet.hadRot.length > 0) tablet.browser.clockOffsetMs += 60 * HOUR_MS;
    for (const { process } of tablet.tabs) world.scheduler.thaw(process);
    if (tablet.tabs.length === 0) world.openTab(tablet);
    tablet.browser.wake('online');
    tablet.browser.wake('visible');
  }
  world.network.changed();
}

/** Whether everything on every tablet has its receipt. */
function isTogether(world: World): boolean {
  if (world.tablets.length < TABLETS) return false;
  return world.tablets.every((tablet) => outboxRowsOf(tablet).every(({ receipt }) => receipt !== null));
}
