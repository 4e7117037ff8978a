import { expect, test } from 'vitest';
import { cursorBefore } from '#schema/api/ledger-page.ts';
import { problem } from '../testing/fake-server.ts';
import { aTablet, openingOf } from '../testing/tablet.ts';
import { follow } from '../testing/workspace-steps.ts';
import type { SyncStatus } from '../workspace.ts';

const EDGE = Date.UTC(2026, 7, 1);
const DAY_MS = 86_400_000;

/** A tablet with its snapshot, of a session whose float went into the drawer long ago, and whose newest line is of the window. */
async function aTabletOfOldBooks() {
  const world = await aTablet();
  const { server, browser, openTab } = world;
  const { workspace } = await openTab();
  await browser.advance(0);
  const opened = await workspace.run('cashSession.open', openingOf());
  if (opened.kind !== 'saved') throw new Error(opened.kind);
  await browser.advance(0);
  const [float] = server.all('cashMovement');
  if (!float) throw new Error('the opening moved no money');
  for (let i = 0; i < 40; i += 1)
    server.put('cashMovement', { ...float, id: `old-${String(i).padStart(2, '0')}`, occurredAt: EDGE - 1 - i * DAY_MS });
  return { ...world, workspace, sessionId: float.sessionId, floatId: float.id };
}

test('[SY17] old lines come from the server page by page, and nothing of the replica changes by that', async () => {
  const { server, browser, workspace, sessionId, floatId } = await aTabletOfOldBooks();
  const status = follow<SyncStatus>((on) => workspace.watchSync(on));
  await browser.advance(0);
  expect(status.last()?.keeps).toEqual({ epoch: 1, set: 'office', ledgersFrom: '2026-08' });
  const held = async () => (await workspace.readRecords('cashMovement', { parent: sessionId })).map(({ id }) => id);
  expect(await held()).toEqual([floatId]);

  const page = await workspace.readOlderLines('cashMovement', sessionId, cursorBefore(EDGE));
  if (page.kind !== 'page' || page.next === null) throw new Error('no page');
  const rest = await workspace.readOlderLines('cashMovement', sessionId, page.next);
  if (rest.kind !== 'page') throw new Error(rest.code);

  expect([...page.lines, ...rest.lines].map(({ id }) => id)).toEqual(
    Array.from({ length: 40 }, (_, i) => `old-${String(i).padStart(2, '0')}`),
  );
  expect(rest.next).toBeNull();
  expect(await held()).toEqual([floatId]);
  await browser.advance(60_000);
  expect(server.reports).toEqual([]);
  expect(browser.reported).toEqual([]);
});

test('[SY17] without a network, with a refusal or nonsense, old lines are not to be had, and it is said why', async () => {
  const { server, workspace, sessionId } = await aTabletOfOldBooks();
  const codeOf = async () => {
    const answer = await workspace.readOlderLines('cashMovement', sessionId, cursorBefore(EDGE));
    return answer.kind === 'none' ? answer.code : answer.kind;
  };
  const codes: unknown[] = [await codeOf()];
  server.fault = () => 'lost';
  codes.push(await codeOf());
  server.fault = () => problem(401, 'sign_in_required');
  codes.push(await codeOf());
  server.fault = () => problem(200, 'not a page');
  codes.push(await codeOf());
  expect(codes).toEqual(['page', 'no_answer', 'sign_in_required', 'no_answer']);
});
