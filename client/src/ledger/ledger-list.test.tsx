import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { cursorBefore, type LedgerCursor } from '#schema/api/ledger-page.ts';
import { testShop } from '#schema/testing/test-counter.ts';
import { aMovement } from '../testing/an-item.ts';
import { FAKE_NOW, FakeWorkspace } from '../testing/fake-workspace.ts';
import { renderScreen } from '../testing/render-screen.tsx';
import { LedgerList } from './ledger-list.tsx';
import type { OlderLines } from './older-lines.ts';
import { useLedger } from './use-ledger.ts';

afterEach(cleanup);

const EDGE = Date.UTC(2026, 7, 1);
const SHOW_OLDER = 'Show older';

function List({ since }: { readonly since?: number }) {
  const ledger = useLedger('stockMovement', 'lot-1', since);
  return (
    <LedgerList ledger={ledger}>
      {(lines) => (
        <ul aria-label="Lines">
          {lines.map(({ id }) => (
            <li key={id}>{id}</li>
          ))}
        </ul>
      )}
    </LedgerList>
  );
}

/** A pharmacy of some years; `held` lines are here, and the server has `older` ones, of which it gives two a page. */
function aWorkspace({ held = 0, older = 0, createdOn = '2024-01-01' } = {}) {
  const workspace = new FakeWorkspace();
  workspace.put('shop', { ...testShop(), createdOn });
  for (let i = 0; i < held; i += 1)
    workspace.put('stockMovement', aMovement({ id: `held-${i}`, lotId: 'lot-1', occurredAt: FAKE_NOW - i }));
  const lines = Array.from({ length: older }, (_, i) =>
    aMovement({ id: `older-${i}`, lotId: 'lot-1', occurredAt: EDGE - 1 - i }),
  );
  const asked: LedgerCursor[] = [];
  workspace.olderLines = async (_kind, _parent, before) => {
    asked.push(before);
    const behind = lines.filter(({ occurredAt }) => occurredAt < before.at);
    const page = behind.slice(0, 2);
    const last = page.at(-1);
    const next = behind.length > 2 && last ? { at: last.occurredAt, id: last.id } : null;
    return { kind: 'page', lines: page, next };
  };
  return { workspace, asked };
}

const shown = () => screen.queryAllByRole('listitem').map(({ textContent }) => textContent);
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

test('[SY17] behind the lines that are here come older ones, page by page, until there are no others', async () => {
  const { workspace, asked } = aWorkspace({ held: 1, older: 3 });
  renderScreen(<List />, workspace);
  expect(await screen.findByText(/^1 entry shown\. Older entries, if there are any, are kept on the server/)).toBeTruthy();
  expect(asked).toEqual([]);
  await press(SHOW_OLDER);
  expect(await screen.findByText(/^3 entries shown\./)).toBeTruthy();
  await press(SHOW_OLDER);
  expect(await screen.findByText('4 entries shown. There are no older entries.')).toBeTruthy();
  expect(shown()).toEqual(['held-0', 'older-0', 'older-1', 'older-2']);
  expect(screen.queryByRole('button')).toBeNull();
  expect(asked).toEqual([cursorBefore(EDGE), { at: EDGE - 2, id: 'older-1' }]);
});

test('[SY17] fetched lines are shown and not kept: no record is here afterwards that was not before', async () => {
  const { workspace } = aWorkspace({ older: 1 });
  renderScreen(<List />, workspace);
  await press(SHOW_OLDER);
  await waitFor(() => expect(shown()).toEqual(['older-0']));
  expect(await workspace.readRecords('stockMovement', {})).toEqual([]);
});

test('[SY17] a line that arrives while older ones are shown takes its place, and none is shown twice', async () => {
  const { workspace } = aWorkspace({ held: 1, older: 2 });
  renderScreen(<List />, workspace);
  await press(SHOW_OLDER);
  await waitFor(() => expect(shown()).toHaveLength(3));
  workspace.put('stockMovement', aMovement({ id: 'older-1', lotId: 'lot-1', occurredAt: EDGE - 2 }));
  workspace.put('stockMovement', aMovement({ id: 'new', lotId: 'lot-1', occurredAt: FAKE_NOW + 1 }));
  await waitFor(() => expect(shown()).toEqual(['new', 'held-0', 'older-0', 'older-1']));
});

test('[SY17] an empty list never claims that there is nothing where the window may hide something', async () => {
  const { workspace } = aWorkspace();
  renderScreen(<List />, workspace);
  expect(await screen.findByText(/^No entries since 1 Aug 2026\. Older entries/)).toBeTruthy();
  expect(screen.queryByText('No entries yet.')).toBeNull();
  await press(SHOW_OLDER);
  expect(await screen.findByText('No entries yet.')).toBeTruthy();
});

test('[SY17] a pharmacy, or a lot, that is younger than the window is told that this is all, and no server is asked', async () => {
  const young = aWorkspace({ createdOn: '2026-11-01' });
  renderScreen(<List />, young.workspace);
  expect(await screen.findByText('No entries yet.')).toBeTruthy();
  cleanup();
  const old = aWorkspace({ held: 1 });
  renderScreen(<List since={FAKE_NOW} />, old.workspace);
  await waitFor(() => expect(shown()).toEqual(['held-0']));
  expect(screen.queryByRole('button')).toBeNull();
  expect(screen.queryByRole('status')).toBeNull();
});

test('[SY17] all lines that are here can be seen without a network, and those that are not are said to be at the server', async () => {
  const { workspace, asked } = aWorkspace({ held: 40, older: 1 });
  workspace.setSync({ connection: 'offline' });
  renderScreen(<List />, workspace);
  await waitFor(() => expect(shown()).toHaveLength(30));
  await press('Show more');
  await waitFor(() => expect(shown()).toHaveLength(40));
  expect(screen.getByRole('status').textContent).toBe(
    '40 entries shown. Older entries are kept on the server; connect to the network to see them.',
  );
  expect(asked).toEqual([]);
  workspace.setSync({ connection: 'online' });
  await press(SHOW_OLDER);
  await waitFor(() => expect(shown()).toHaveLength(41));
});

test('[SY17] while a page is on its way the list stays and says so; what went wrong is told with what to do, and tried again', async () => {
  const { workspace } = aWorkspace({ held: 1, older: 1 });
  const answers: ((answer: OlderLines<'stockMovement'>) => void)[] = [];
  const served = workspace.olderLines;
  workspace.olderLines = (...question) =>
    answers.length === 2 ? served(...question) : new Promise((resolve) => answers.push(resolve));
  renderScreen(<List />, workspace);
  await press(SHOW_OLDER);
  expect(await screen.findByText('1 entry shown. Fetching older entries from the server …')).toBeTruthy();
  expect(shown()).toEqual(['held-0']);
  // Further taps while it is asked change nothing.
  await userEvent.click(screen.getByRole('button'));
  expect(answers).toHaveLength(1);
  answers[0]?.({ kind: 'none', code: 'sign_in_required' });
  expect((await screen.findByRole('alert')).textContent).toContain('Older entries could not be shown: sign in again.');
  await press('Try again');
  answers[1]?.({ kind: 'none', code: 'no_answer' });
  expect((await screen.findByRole('alert')).textContent).toContain('check the network and try again');
  expect(shown()).toEqual(['held-0']);
  await press('Try again');
  expect(await screen.findByText('2 entries shown. There are no older entries.')).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
});

test('[SY17] a device that does not keep the kind says so instead of showing an empty list', async () => {
  const { workspace, asked } = aWorkspace({ older: 1 });
  workspace.setSync({ keeps: { epoch: 1, set: 'counter', ledgersFrom: '2026-08' } });
  renderScreen(<List />, workspace);
  expect(await screen.findByText(/This tablet is not one that keeps these entries/)).toBeTruthy();
  expect(asked).toEqual([]);
});

test('[SY17] when the months that are here change, what was fetched before them is asked for again, so that there is no gap', async () => {
  const { workspace, asked } = aWorkspace({ older: 2 });
  renderScreen(<List />, workspace);
  await press(SHOW_OLDER);
  await waitFor(() => expect(shown()).toHaveLength(2));
  workspace.setSync({ keeps: { epoch: 1, set: 'office', ledgersFrom: '2026-09' } });
  expect(await screen.findByText(/^No entries since 1 Sept 2026/)).toBeTruthy();
  await press(SHOW_OLDER);
  await waitFor(() => expect(shown()).toHaveLength(2));
  expect(asked).toEqual([cursorBefore(EDGE), cursorBefore(Date.UTC(2026, 8, 1))]);
});
