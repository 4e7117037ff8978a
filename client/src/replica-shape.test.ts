import { describe, expect, test } from 'vitest';
import { TABLET_1 } from '#schema/testing/test-tenant.ts';
import { createWorkspace } from './create-workspace.ts';
import type { ClientEnv } from './env.ts';
import { startLocalSearch } from './search/local-search.ts';
import { type DeathAt, dyingEnv } from './testing/dying-env.ts';
import { FakeBrowser } from './testing/fake-env.ts';
import { aTablet, TEST_SESSION } from './testing/tablet.ts';
import type { Workspace } from './workspace.ts';

/** The shape before and the shape after an update of the app (architecture, "The client's store"). */
const [OLD, NEW] = [1, 2];
const NAME = `pharmasaas-${TEST_SESSION.tenant.id}-${TABLET_1}`;
const RECEIPTED = ['A', 'B', 'C'];
const WAITING = ['D', 'E', 'F', 'G'];
const TILLS = [...RECEIPTED, ...WAITING, 'till-1', 'till-2'];

const open = (env: ClientEnv, replicaShape: number) => createWorkspace(env, TEST_SESSION, startLocalSearch(), { replicaShape });

/** A tablet with a replica of the old shape, three acts receipted and four waiting; then it is switched off. */
async function aTabletBeforeItsUpdate() {
  const { server, browser } = await aTablet();
  const workspace = await open(browser.tab(), OLD);
  await browser.advance(0);
  for (const name of RECEIPTED) await workspace.run('till.add', { name });
  await browser.advance(30_000);
  server.fault = () => 'lost';
  for (const name of WAITING) await workspace.run('till.add', { name });
  return { server, browser, restarted: (before: FakeBrowser) => new FakeBrowser((request) => server.request(request), before) };
}

async function tillNames(workspace: Workspace): Promise<string[]> {
  return (await workspace.readRecords('till', {})).map(({ name }) => name).sort();
}

/** Numbers of the acts in the outbox, oldest first. */
function queued(workspace: Workspace): Promise<number[]> {
  return new Promise((resolve) => {
    workspace.watchQueue(50, (entries) => resolve(entries.map(({ mutation }) => mutation.n).toReversed()));
  });
}

describe('[SY17] a new shape of the replica beside a full outbox', () => {
  test('whichever step the tablet dies at, nothing is lost, nothing is half, and nothing is left over after the next start', async () => {
    let step = 0;
    for (let hasDied = true; hasDied; ) {
      step += 1;
      for (const isDone of [false, true]) hasDied = await dieAndStartAgain({ step, isDone });
    }
    // The last one lived through the whole switch.
    expect(step).toBeGreaterThan(15);
  });

  test('a tab of the version before keeps its replica and its leader; what it saves is seen and sent by the new one', async () => {
    const { server, browser } = await aTabletBeforeItsUpdate();
    server.fault = () => null;
    const oldTab = await open(browser.tab(), OLD);
    const newTab = await open(browser.tab(), NEW);
    await browser.advance(40_000);
    for (const tab of [oldTab, newTab]) expect(await tillNames(tab)).toEqual(TILLS);
    server.fault = () => 'lost';
    await oldTab.run('till.add', { name: 'H' });
    await browser.advance(0);
    expect(await queued(newTab)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await tillNames(newTab)).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'till-1', 'till-2']);
    await oldTab.close();
    server.fault = () => null;
    await browser.advance(60_000);
    expect(server.receiptsOf(TABLET_1).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(browser.reported).toEqual([]);
  });

  test('a replica that some tab still reads is not removed, however it came to be left over', async () => {
    const { server, browser, restarted } = await aTabletBeforeItsUpdate();
    server.fault = () => null;
    const later = restarted(browser);
    const frozen = later.tab();
    const oldTab = await open(frozen, OLD);
    frozen.isFrozen = true;
    await open(later.tab(), NEW);
    await later.advance(60_000);
    frozen.isFrozen = false;
    expect(await tillNames(oldTab)).toEqual(expect.arrayContaining(RECEIPTED));
    expect(later.disk.names().some((name) => name.startsWith(`${NAME}-r${OLD}-`))).toBe(true);
    await oldTab.close();
    const next = restarted(later);
    await open(next.tab(), NEW);
    await next.advance(0);
    expect(next.disk.names().filter((name) => name.startsWith(`${NAME}-r${OLD}-`))).toEqual([]);
  });
});

/** Answers whether the tab came to the step it was to die at. */
async function dieAndStartAgain(death: DeathAt): Promise<boolean> {
  const { server, browser, restarted } = await aTabletBeforeItsUpdate();
  server.fault = () => null;
  const updated = restarted(browser);
  const dying = dyingEnv(updated.tab(), death);
  open(dying.env, NEW).catch(() => undefined);
  await updated.advance(60_000);

  // Switched on again without a network: the outbox is whole, the replica one of the two or none.
  server.fault = () => 'lost';
  const again = restarted(updated);
  const workspace = await open(again.tab(), NEW);
  await again.advance(0);
  expect({ death, queued: await queued(workspace) }).toEqual({ death, queued: [1, 2, 3, 4, 5, 6, 7] });
  const shown = await tillNames(workspace);
  expect({ death, shown }).toEqual({ death, shown: shown.includes('till-1') ? TILLS : [...RECEIPTED, ...WAITING] });

  // Then with one: everything is sent once, everything is shown, and only outbox and replica are on the disk.
  server.fault = () => null;
  again.wake('online');
  await again.advance(120_000);
  expect(server.receiptsOf(TABLET_1).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect({ death, shown: await tillNames(workspace) }).toEqual({ death, shown: TILLS });
  expect(again.reported).toEqual([]);
  await workspace.close();
  const clean = restarted(again);
  await open(clean.tab(), NEW);
  await clean.advance(0);
  const replicas = clean.disk.names().filter((name) => name !== `${NAME}-outbox`);
  expect({ death, replicas }).toEqual({ death, replicas: [expect.stringContaining(`${NAME}-r${NEW}-`)] });
  expect(clean.localNames().filter((name) => /leftover|building$|replica-1/.test(name))).toEqual([]);
  return dying.hasDied();
}
