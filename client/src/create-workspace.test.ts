import { describe, expect, test } from 'vitest';
import type { RecordBody } from '#schema/records/registry.ts';
import { TestCounter } from '#schema/testing/test-counter.ts';
import { TABLET_1 } from '#schema/testing/test-tenant.ts';
import { StorageFull } from './store/keyed-store.ts';
import { settle } from './testing/fake-env.ts';
import { aTablet, openingOf, TILL_1 } from './testing/tablet.ts';
import { addTills, follow, tillNames } from './testing/workspace-steps.ts';
import type { SyncStatus } from './workspace.ts';

const PACK = {
  name: 'Yellox',
  form: 'eye drops',
  route: '',
  substances: '',
  strength: '',
  packLabel: '1 bottle of 5 ml',
  unitsPerPack: 1,
  atc: '',
  schedule: 'none',
  coldChain: false,
  packPriceMinor: 459,
  packCostMinor: null,
  vatRateBp: null,
  holder: '',
} as const;

describe('a fresh tablet', () => {
  test('[SY17] takes a snapshot, then shows the pharmacy and finds its items', async () => {
    const { browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    const status = follow<SyncStatus>((on) => workspace.watchSync(on));
    await browser.advance(0);
    expect(status.seen[0]?.hasReplica).toBe(false);
    expect(status.last()).toMatchObject({
      hasReplica: true,
      connection: 'online',
      activity: 'idle',
      snapshot: null,
      isLeader: true,
      unsent: 0,
    });
    expect(tillNames(await workspace.readRecords('till', {}))).toEqual(['till-1', 'till-2']);
    const [found] = await workspace.searchItems('parac', 10);
    expect(found?.id).toBe('item-1');
    expect(browser.reported).toEqual([]);
  });

  test('[G1] the DataMatrix of a pack, its EAN and its CIP7 find the same product', async () => {
    const { browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    await browser.advance(0);
    expect(
      (await workspace.run('item.add', { fields: { ...PACK, identifiers: [{ scheme: 'gtin', value: '03400921604696' }] } })).kind,
    ).toBe('saved');
    await browser.advance(0);
    const codes = [
      ']d2010340092160469617280630\u001d10L042',
      '010340092160469617280630\u001d10L042',
      '3400921604696',
      ']E03400921604696',
      '2160469',
    ];
    for (const code of codes)
      expect({ code, name: (await workspace.findItemByCode(code))?.name }).toEqual({ code, name: 'Yellox' });
    expect(await workspace.findItemByCode('3400921609080')).toBeNull();
  });

  test('[SY17] a snapshot that makes no sense leaves nothing behind and is taken again', async () => {
    const { server, browser, openTab } = await aTablet();
    let cuts = 2;
    server.fault = (request) => {
      if (request.path !== '/api/sync/snapshot' || cuts === 0) return null;
      cuts -= 1;
      return {
        status: 200,
        header: () => null,
        json: async () => null,
        lines: async function* () {
          yield JSON.stringify({ protocol: 2, epoch: 1, seq: 1, ackedN: 0, serverTime: 0, records: 9 });
        },
      };
    };
    const { workspace } = await openTab();
    await browser.advance(0);
    expect(await workspace.readRecords('till', {})).toEqual([]);
    await browser.advance(60_000);
    expect(tillNames(await workspace.readRecords('till', {}))).toEqual(['till-1', 'till-2']);
    // The outbox, the replica that was empty before the first snapshot, and the one in use.
    expect(browser.disk.names().length).toBeLessThanOrEqual(3);
  });

  test('works offline from the start, and everything it saved is sent later', async () => {
    const { server, browser, openTab } = await aTablet();
    server.fault = () => 'lost';
    const { workspace } = await openTab();
    await addTills(workspace, ['A']);
    await browser.advance(0);
    server.fault = () => null;
    await browser.advance(120_000);
    expect(server.receiptsOf(TABLET_1).map(({ n }) => n)).toEqual([1]);
    expect(tillNames(await workspace.readRecords('till', {}))).toEqual(['A', 'till-1', 'till-2']);
  });
});

describe('running an act', () => {
  test('[SY2] a full disk is told before anything is said to be saved, and nothing is shown', async () => {
    const { browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    await browser.advance(0);
    browser.disk.onWrite = (store) => {
      if (store.endsWith('-outbox')) throw new StorageFull(new Error('QuotaExceededError'));
    };
    expect(await workspace.run('till.add', { name: 'A' })).toMatchObject({ kind: 'not_saved', reason: 'quota' });
    expect(tillNames(await workspace.readRecords('till', {}))).toEqual(['till-1', 'till-2']);
    browser.disk.onWrite = () => undefined;
    expect(await workspace.run('till.add', { name: 'B' })).toMatchObject({ kind: 'saved', mutation: { n: 1 } });
  });

  test('[SY3] arguments that break the schema are refused by field and not stored', async () => {
    const { browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    await browser.advance(0);
    expect(await workspace.run('till.add', { name: 'a\u0000b' })).toMatchObject({ kind: 'invalid', field: 'name' });
    expect(await workspace.run('till.add', { name: '' })).toMatchObject({ kind: 'invalid', field: 'name' });
    const queue = follow<readonly unknown[]>((on) => workspace.watchQueue(10, on));
    await settle();
    expect(queue.last()).toEqual([]);
  });

  test('a decision this device knows to be refused is not stored', async () => {
    const { browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    await browser.advance(0);
    const args = { exceptionId: 'nowhere', resolution: 'seen' };
    const result = await workspace.run('exception.resolve', args);
    expect(result.kind).toBe('refused');
    expect(await workspace.run('till.add', { name: 'A' })).toMatchObject({ kind: 'saved', mutation: { n: 1 } });
  });

  test('a later act sees the one before it, offline', async () => {
    const { server, browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    await browser.advance(0);
    server.fault = () => 'lost';
    const opened = await workspace.run('cashSession.open', openingOf());
    expect(opened).toMatchObject({ kind: 'saved', expected: { verdict: 'applied' } });
    const till = await workspace.readRecord('till', TILL_1);
    expect(till?.openSessionId).toBe(`${TABLET_1}-1-0`);
    const open = await workspace.readRecords('cashSession', { parent: TILL_1, status: 'open' });
    expect(open.map(({ id }) => id)).toEqual([`${TABLET_1}-1-0`]);
  });
});

describe('tabs', () => {
  test('[SY1] [SY22] tabs that act at once share no number, and every tab shows the same', async () => {
    const { server, browser, openTab } = await aTablet();
    const [one, two] = [(await openTab()).workspace, (await openTab()).workspace];
    await browser.advance(0);
    const tabs = [one, two];
    const lists = tabs.map((tab) => follow<readonly RecordBody<'till'>[]>((on) => tab.watchRecords('till', {}, on)));
    const names = Array.from({ length: 10 }, (_, i) => `N${i}`);
    const results = await Promise.all(names.map((name, i) => (i % 2 === 0 ? one : two).run('till.add', { name })));
    await settle();
    const numbers = results.flatMap((result) => (result.kind === 'saved' ? [result.mutation.n] : []));
    expect([...numbers].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const list of lists) expect(tillNames(list.last() ?? [])).toEqual([...names, 'till-1', 'till-2']);
    await browser.advance(30_000);
    expect(server.receiptsOf(TABLET_1).length).toBe(10);
    for (const list of lists) expect(tillNames(list.last() ?? [])).toEqual([...names, 'till-1', 'till-2']);
  });

  test('[SY22] what a tab saved before it died is sent and shown by the next one', async () => {
    const { server, browser, openTab } = await aTablet();
    const first = await openTab();
    await browser.advance(0);
    server.fault = () => 'lost';
    await addTills(first.workspace, ['A', 'B']);
    // It dies: its timers and messages stop, its locks go with it in a browser, here they are stolen.
    first.env.isFrozen = true;
    const second = await openTab();
    expect(tillNames(await second.workspace.readRecords('till', {}))).toEqual(['A', 'B', 'till-1', 'till-2']);
    server.fault = () => null;
    await browser.advance(40_000);
    expect(server.receiptsOf(TABLET_1).map(({ n }) => n)).toEqual([1, 2]);
  });

  test('[SY5] a thawed old leader with an old pull in its hands changes nothing', async () => {
    const { server, browser, openTab } = await aTablet();
    const first = await openTab();
    await browser.advance(0);
    // The first leader's next pull is answered, but it hears the answer only after it was replaced.
    let hear: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const answerNow = server.request;
    let isFirst = true;
    browser.request = async (request) => {
      const answered = await answerNow(request);
      if (request.path === '/api/sync/pull' && isFirst) {
        isFirst = false;
        await heard;
      }
      return answered;
    };
    const till = server.all('till')[0];
    if (!till) throw new Error('no till');
    server.put('till', { ...till, id: 'C', name: 'old' });
    first.workspace.syncNow();
    await settle();
    first.env.isFrozen = true;
    const second = await openTab();
    server.put('till', { ...till, id: 'C', name: 'new' });
    await browser.advance(10_000);
    expect((await second.workspace.readRecord('till', 'C'))?.name).toBe('new');
    hear();
    await settle();
    first.env.isFrozen = false;
    await browser.advance(0);
    expect((await second.workspace.readRecord('till', 'C'))?.name).toBe('new');
    expect((await first.workspace.readRecord('till', 'C'))?.name).toBe('new');
  });

  test('a closed workspace asks for nothing more', async () => {
    const { server, browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    await browser.advance(0);
    await workspace.close();
    const before = server.requests.length;
    browser.wake('online');
    await browser.advance(300_000);
    expect(server.requests.length).toBe(before);
  });

  test('[SY25] whoever signs in again on the same page finds the stores free and what was unsent still there', async () => {
    const { server, browser, openTab } = await aTablet();
    const { workspace, env } = await openTab();
    await browser.advance(0);
    server.fault = () => 'lost';
    await addTills(workspace, ['Till 9']);
    await workspace.close();
    const again = await openTab(env);
    expect(tillNames(await again.workspace.readRecords('till', {}))).toContain('Till 9');
    expect(browser.reported).toEqual([]);
  });
});

describe('[SY20] nothing flickers, doubles or vanishes', () => {
  test('through push, receipt and pull in any order, an own act is shown exactly once all the time', async () => {
    for (const faults of [[], ['push'], ['pull'], ['pull', 'pull'], ['push', 'pull'], ['push', 'push', 'pull']]) {
      for (const kind of ['lost', 'unheard'] as const) {
        const { server, browser, openTab } = await aTablet();
        const { workspace } = await openTab();
        await browser.advance(0);
        const list = follow<readonly RecordBody<'till'>[]>((on) => workspace.watchRecords('till', {}, on));
        await addTills(workspace, ['A']);
        await settle();
        const from = list.seen.findIndex((tills) => tills.length === 3);
        const left = [...faults];
        server.fault = (request) => {
          if (!request.path.endsWith(left[0] ?? 'nothing')) return null;
          left.shift();
          return kind;
        };
        await addTills(workspace, ['B']);
        await browser.advance(120_000);
        const shown = list.seen.slice(from).map((tills) => tillNames(tills).join());
        expect(new Set(shown)).toEqual(new Set(['A,till-1,till-2', 'A,B,till-1,till-2']));
        expect(shown.lastIndexOf('A,till-1,till-2')).toBeLessThan(shown.indexOf('A,B,till-1,till-2'));
        expect(left).toEqual([]);
      }
    }
  });

  test('a sale takes its units off the lot exactly once, whatever is lost or late', async () => {
    const counter = new TestCounter();
    for (const faults of [[], ['push'], ['pull'], ['push', 'pull'], ['pull', 'pull', 'push']]) {
      for (const kind of ['lost', 'unheard'] as const) {
        const { server, browser, openTab } = await aTablet();
        const { workspace } = await openTab();
        await browser.advance(0);
        await workspace.run('cashSession.open', openingOf());
        await browser.advance(30_000);
        const onHand = follow<{ onHandUnits: number } | null>((on) => workspace.watchRecord('lot', counter.lotId, on));
        await settle();
        const left = [...faults];
        server.fault = (request) => {
          if (!request.path.endsWith(left[0] ?? 'nothing')) return null;
          left.shift();
          return kind;
        };
        const args = counter.saleArgs(`${TABLET_1}-1-0`);
        const sale = { ...args, payments: [...args.payments] };
        expect(await workspace.run('sale.record', sale)).toMatchObject({ kind: 'saved', expected: { verdict: 'applied' } });
        await browser.advance(120_000);
        // A second one, so that a fold that never lets go of the first would show it again.
        expect((await workspace.run('sale.record', sale)).kind).toBe('saved');
        await browser.advance(120_000);
        const shown = onHand.seen.map((lot) => lot?.onHandUnits);
        expect(shown.filter((units, at) => at === 0 || units !== shown[at - 1])).toEqual([100, 90, 80]);
        expect(server.get('lot', counter.lotId)?.onHandUnits).toBe(80);
      }
    }
  });

  test('a record whose status changed in the overlay moves to its new list at once', async () => {
    const { server, browser, openTab } = await aTablet();
    const { workspace } = await openTab();
    await browser.advance(0);
    const session = await workspace.run('cashSession.open', openingOf());
    expect(session.kind).toBe('saved');
    await browser.advance(30_000);
    server.fault = () => 'lost';
    const open = follow<readonly unknown[]>((on) => workspace.watchRecords('cashSession', { status: 'open' }, on));
    const closed = follow<readonly unknown[]>((on) => workspace.watchRecords('cashSession', { status: 'closed' }, on));
    await settle();
    expect([open.last()?.length, closed.last()?.length]).toEqual([1, 0]);
    const result = await workspace.run('cashSession.close', {
      sessionId: `${TABLET_1}-1-0`,
      tillId: TILL_1,
      counts: [{ methodId: 'cash', countedMinor: 10_000, denominations: null }],
    });
    expect(result).toMatchObject({ kind: 'saved' });
    await settle();
    expect([open.last()?.length, closed.last()?.length]).toEqual([0, 1]);
  });
});
