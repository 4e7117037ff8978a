import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { FakeWorkspace } from '../testing/fake-workspace.ts';
import { renderScreen } from '../testing/render-screen.tsx';
import { Shell } from './shell.tsx';

afterEach(cleanup);

test('the screen says who is working, in which role, on which tablet', async () => {
  renderScreen(<Shell>here</Shell>, new FakeWorkspace());
  expect((await screen.findByTestId('who')).textContent).toBe('Ana · pharmacist · Tablet 2 (T2)');
});

test('[SY23] the badge follows the work: all sent, then one unsent, and it opens the sync centre', async () => {
  const workspace = new FakeWorkspace('owner');
  renderScreen(<Shell>here</Shell>, workspace);
  expect((await screen.findByTestId('sync-badge')).textContent).toBe('Online · all sent');
  await act(() => workspace.run('till.add', { name: 'Till 3' }));
  await waitFor(() => expect(screen.getByTestId('sync-badge').textContent).toBe('Online · 1 unsent · oldest this minute'));
  expect(screen.getByTestId('sync-badge').getAttribute('href')).toBe('/sync');
});

test('a role that may not read the log is not offered it', async () => {
  renderScreen(<Shell>here</Shell>, new FakeWorkspace('pharmacist'));
  await screen.findByTestId('who');
  expect(screen.queryByRole('link', { name: 'Audit' })).toBeNull();
});

test('`?` lists the keys of the screen', async () => {
  renderScreen(<Shell>here</Shell>, new FakeWorkspace());
  await screen.findByTestId('who');
  fireEvent.keyDown(document.body, { key: '?' });
  expect(await screen.findByText('Go to Counter')).toBeTruthy();
  expect(screen.getByText('Alt+2')).toBeTruthy();
});

test('a screen that crashes leaves navigation and badge standing', async () => {
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const Broken = () => {
    throw new Error('no such lot');
  };
  renderScreen(
    <Shell>
      <Broken />
    </Shell>,
    new FakeWorkspace(),
  );
  expect((await screen.findByRole('alert')).textContent).toContain('no such lot');
  expect(screen.getByTestId('sync-badge')).toBeTruthy();
  quiet.mockRestore();
});
