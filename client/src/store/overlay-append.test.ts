import { describe, expect, test } from 'vitest';
import type { Item } from '#schema/records/item.ts';
import type { ClientEnv } from '../env.ts';
import type { FakeServer } from '../testing/fake-server.ts';
import { aTablet, openingOf, TILL_1 } from '../testing/tablet.ts';
import type { KeyedStore } from './keyed-store.ts';

/** Counts what an act asks of the storage, each question a round trip to its worker. */
async function aCountedTablet() {
  const world = await aTablet();
  const asked: string[] = [];
  const env = world.browser.tab();
  const counted = {
    ...env,
    openStore: async (name: string): Promise<KeyedStore> => {
      const store = await env.openStore(name);
      const where = name.endsWith('-outbox') ? 'outbox' : 'replica';
      const count = <Args extends unknown[], Answer>(verb: string, call: (...args: Args) => Answer) => {
        return (...args: Args) => {
          asked.push(`${where} ${verb}`);
          return call(...args);
        };
      };
      return {
        insert: count('insert', store.insert),
        write: count('write', store.write),
        insertAll: count('write', store.insertAll),
        load: count('load', store.load),
        scan: count('scan', store.scan),
        query: count('query', store.query),
        remove: count('remove', store.remove),
        close: store.close,
      };
    },
  };
  const { workspace } = await world.openTab(counted);
  await world.browser.advance(0);
  world.server.fault = () => 'lost';
  await world.browser.advance(60_000);
  return { ...world, workspace, asked };
}

const cashIn = (sessionId: string) => ({
  sessionId,
  tillId: TILL_1,
  type: 'CASH_IN' as const,
  methodId: 'cash',
  amountMinor: 100,
  note: '',
  reference: null,
  witnessId: null,
});

/** A tab that neither hears the others nor is heard by them. */
function mute<Tab extends ClientEnv>(tab: Tab): Tab {
  return { ...tab, channel: () => ({ post: () => undefined, listen: () => () => undefined, close: () => undefined }) };
}

describe('what saving an act costs', () => {
  test('[SY2] an act that reads nothing new asks the storage for the last number and the checkpoint, and then stores', async () => {
    const { workspace, asked } = await aCountedTablet();
    const opened = await workspace.run('cashSession.open', openingOf());
    if (opened.kind !== 'saved') throw new Error(opened.kind);
    const args = cashIn(`${opened.mutation.deviceId}-${opened.mutation.n}-0`);
    expect((await workspace.run('cashMovement.record', args)).kind).toBe('saved');
    asked.length = 0;
    expect((await workspace.run('cashMovement.record', args)).kind).toBe('saved');
    expect(asked.toSorted()).toEqual(['outbox insert', 'outbox query', 'replica load']);
  });

  test.each([
    ['a record nobody has looked at is fetched with the checkpoint', false, ['replica load']],
    ['one that a screen has just read asks no more', true, []],
  ])('[SY2][SY20] an act about %s', async (_, isLookedAt, more) => {
    const { workspace, asked, server } = await aCountedTablet();
    const [lot] = server.all('lot');
    if (!lot) throw new Error('the pharmacy has no lot');
    await workspace.run('till.add', { name: 'Till 9' });
    if (isLookedAt) await workspace.readRecords('lot', { parent: lot.itemId });
    asked.length = 0;
    const waste = { itemId: lot.itemId, lotId: lot.id, type: 'WASTE' as const, units: 1, reason: 'broken' };
    expect((await workspace.run('stock.adjust', waste)).kind).toBe('saved');
    expect(asked.toSorted()).toEqual(['outbox insert', 'outbox query', 'replica load', ...more]);
  });

  test('badge, notices and screens that watch the sync share one reading', async () => {
    const { browser, workspace, asked } = await aCountedTablet();
    const seen: number[] = [];
    for (let i = 0; i < 3; i += 1) workspace.watchSync(({ unsent }) => seen.push(unsent));
    await browser.advance(0);
    seen.length = 0;
    await workspace.run('till.add', { name: 'Till 9' });
    asked.length = 0;
    await browser.advance(0);
    expect(seen).toEqual([1, 1, 1]);
    expect(asked.filter((verb) => verb === 'outbox query').length).toBeLessThanOrEqual(2);
  });

  test('only what looks at a kind the act has written reads again', async () => {
    const { browser, workspace } = await aCountedTablet();
    const told: string[] = [];
    workspace.watchRecords('till', {}, () => told.push('tills'));
    workspace.watchRecord('shop', 'shop', () => told.push('shop'));
    await browser.advance(0);
    told.length = 0;
    await workspace.run('till.add', { name: 'Till 9' });
    await browser.advance(0);
    expect(told).toEqual(['tills']);
  });
});

describe('what an act is judged on', () => {
  test('[SY5] an act another tab stored and died before telling is under the next one of this tab, and everything is shown', async () => {
    const { browser, server, openTab } = await aTablet();
    const { workspace } = await openTab();
    const second = await openTab(mute(browser.tab()));
    await browser.advance(0);
    server.fault = () => 'lost';
    const item = anItemOf(server);
    expect(await workspace.run('item.edit', rename(item, item.name, 'First'))).toMatchObject({
      expected: { verdict: 'applied' },
    });
    const seen: (string | undefined)[] = [];
    workspace.watchRecord('item', item.id, (shown) => seen.push(shown?.name));
    workspace.watchRecords('till', {}, (tills) => seen.push(...tills.map(({ name }) => name)));
    await second.workspace.run('till.add', { name: 'Till of the dead tab' });
    await second.workspace.run('item.edit', rename(item, 'First', 'Second'));
    const third = await workspace.run('item.edit', rename(item, 'Second', 'Third'));
    expect(third).toMatchObject({ kind: 'saved', mutation: { n: 4 }, expected: { verdict: 'applied' } });
    await browser.advance(0);
    expect(seen).toContain('Third');
    expect(seen).toContain('Till of the dead tab');
  });

  test('[SY20] an act is judged on the replica that another tab has just moved', async () => {
    const { browser, server, openTab } = await aTablet();
    const { workspace } = await openTab();
    const second = await openTab(mute(browser.tab()));
    await browser.advance(0);
    const item = anItemOf(server);
    const label = { itemId: item.id, changes: { packLabel: { from: item.packLabel, to: 'shelf 1' } } };
    await second.workspace.run('item.edit', label);
    // Reads the shop, so that nothing the last act needs is unknown to its tab.
    await second.workspace.run('cashSession.open', openingOf());
    server.put('item', { ...anItemOf(server), name: 'Theirs' });
    workspace.syncNow();
    await browser.advance(1_000);
    const answer = await second.workspace.run('item.edit', rename(item, 'Theirs', 'Third'));
    expect(answer).toMatchObject({ kind: 'saved', expected: { verdict: 'applied' } });
  });
});

function anItemOf(server: FakeServer): Item {
  const [item] = server.all('item');
  if (!item) throw new Error('the pharmacy has no item');
  return item;
}

function rename({ id }: Item, from: string, to: string) {
  return { itemId: id, changes: { name: { from, to } } };
}
