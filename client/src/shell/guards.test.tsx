import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DataSafety } from '../features/sync-centre/data-safety.tsx';
import { FakeWorkspace } from '../testing/fake-workspace.ts';
import { renderScreen } from '../testing/render-screen.tsx';
import { Shell } from './shell.tsx';

const saved: { name: string; text: string }[] = [];
vi.mock('../ui/save-file.ts', () => ({ saveTextAsFile: (name: string, text: string) => saved.push({ name, text }) }));

beforeEach(() => {
  saved.length = 0;
});
afterEach(cleanup);

/** A tablet without a network that did three things worth 17.50. */
async function tabletWithUnsent(): Promise<FakeWorkspace> {
  const workspace = new FakeWorkspace('owner');
  workspace.setSync({ connection: 'offline', lastError: { code: 'no_answer', message: '' } });
  await workspace.run('till.add', { name: 'Till 3' });
  for (const amountMinor of [1_500, 250])
    await workspace.run('cashMovement.record', {
      sessionId: 'session-1',
      tillId: 'till-1',
      type: 'CASH_IN',
      methodId: 'cash',
      amountMinor,
      note: '',
      reference: 'B-1',
      witnessId: null,
    });
  workspace.rescue = { kind: 'ready', fileName: 'rescue-T2-1.json', text: '{"sealed":1}', acts: 3, unsent: 3 };
  workspace.nowMs += 2 * 3_600_000;
  return workspace;
}

async function ask(button: string): Promise<ReturnType<typeof within>> {
  await userEvent.click((await screen.findAllByRole('button', { name: button }))[0] ?? document.body);
  return within(await screen.findByRole('dialog'));
}

test('[SY25] signing out says what is unsent, its money and its age, that it is kept, and how to send it', async () => {
  const workspace = await tabletWithUnsent();
  const signOut = vi.fn<() => void>();
  renderScreen(<Shell>here</Shell>, workspace, '/', { signOut });

  const dialog = await ask('Sign out');

  expect(await dialog.findByText('3 acts of this tablet have not reached the server')).toBeTruthy();
  expect(await dialog.findByText('Money in them: €17.50')).toBeTruthy();
  expect(dialog.getByText('The oldest was made 2 hours ago')).toBeTruthy();
  expect(await dialog.findByText('Cash in or out: 2, €17.50')).toBeTruthy();
  expect(dialog.getByText(/It stays on this tablet and is sent after the next sign-in here/)).toBeTruthy();
  expect(dialog.getByText(/the server did not answer/)).toBeTruthy();
  await userEvent.click(dialog.getByRole('button', { name: 'Sync now' }));
  expect(workspace.syncNowCalls).toBe(1);
  await userEvent.click(dialog.getByRole('button', { name: 'Save a rescue file' }));
  expect(saved).toEqual([{ name: 'rescue-T2-1.json', text: '{"sealed":1}' }]);
  expect(signOut).not.toHaveBeenCalled();
  await userEvent.click(dialog.getByRole('button', { name: 'Sign out' }));
  expect(signOut).toHaveBeenCalledOnce();
});

test('[SY25] with everything sent, signing out only asks', async () => {
  const signOut = vi.fn<() => void>();
  renderScreen(<Shell>here</Shell>, new FakeWorkspace(), '/', { signOut });
  const dialog = await ask('Sign out');
  const button = await dialog.findByRole('button', { name: 'Sign out' });
  expect(dialog.queryByRole('button', { name: 'Save a rescue file' })).toBeNull();
  await userEvent.click(button);
  expect(signOut).toHaveBeenCalledOnce();
});

test('[SY25] changing the pharmacy is guarded alike, and says when it needs the network', async () => {
  const workspace = await tabletWithUnsent();
  const switchTenant = vi.fn<() => Promise<string | null>>().mockResolvedValue('no_answer');
  const otherTenants = [{ id: 'other', name: 'Pharmacie du Lac' }];
  renderScreen(<Shell>here</Shell>, workspace, '/', { otherTenants, switchTenant });
  const dialog = await ask('Change pharmacy');
  expect(await dialog.findByText(/sent when you come back to this pharmacy/)).toBeTruthy();
  await userEvent.click(dialog.getByRole('button', { name: 'Change' }));
  expect(switchTenant).toHaveBeenCalledWith('other');
  expect(await dialog.findByRole('alert')).toHaveProperty('textContent', expect.stringContaining('did not answer'));
});

test('[SY25] a reset with unsent work needs the rescue file of all of it and the tablet’s name', async () => {
  const workspace = await tabletWithUnsent();
  const resetDevice = vi.fn<() => void>();
  renderScreen(<DataSafety />, workspace, '/sync', { resetDevice });
  const dialog = await ask('Reset this tablet');
  const go = await dialog.findByRole('button', { name: 'Reset' });
  expect(go).toHaveProperty('disabled', true);

  await userEvent.click(dialog.getByRole('button', { name: 'Save a rescue file' }));
  expect(go).toHaveProperty('disabled', true);
  await userEvent.type(await dialog.findByLabelText('Type Tablet 2 to go on'), 'Tablet 2');
  // Meanwhile another tab of this tablet works on: the file no longer holds everything.
  await act(() => workspace.run('till.add', { name: 'Till 4' }));
  await userEvent.click(go);
  expect(await dialog.findByText(/Save it again/)).toBeTruthy();
  expect(resetDevice).not.toHaveBeenCalled();

  workspace.rescue = { kind: 'ready', fileName: 'rescue-T2-2.json', text: '{}', acts: 4, unsent: 4 };
  await userEvent.click(dialog.getByRole('button', { name: 'Save a rescue file' }));
  await userEvent.click(go);
  await waitFor(() => expect(resetDevice).toHaveBeenCalledOnce());
});

test('[SY25] where no rescue file can be made, a reset with unsent work is not possible and says why', async () => {
  const workspace = await tabletWithUnsent();
  workspace.rescue = { kind: 'no_crypto' };
  renderScreen(<DataSafety />, workspace, '/sync');
  const dialog = await ask('Reset this tablet');
  await userEvent.click(await dialog.findByRole('button', { name: 'Save a rescue file' }));
  expect(await dialog.findByText(/encrypts only on secure addresses/)).toBeTruthy();
  expect(dialog.queryByRole('textbox')).toBeNull();
  expect(dialog.getByRole('button', { name: 'Reset' })).toHaveProperty('disabled', true);
});

test('[SY25] an update says that it keeps what is unsent', async () => {
  const acceptUpdate = vi.fn<() => void>();
  renderScreen(<Shell>here</Shell>, await tabletWithUnsent(), '/', { acceptUpdate });
  expect(await screen.findByText('A new version is ready')).toBeTruthy();
  expect(await screen.findByText('Unsent work is kept and sent afterwards.')).toBeTruthy();
  expect(await screen.findByText('Money in them: €17.50')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Update now' }));
  expect(acceptUpdate).toHaveBeenCalledOnce();
});

test('[SY13] a version that the server no longer speaks can be read, not written, and says why', async () => {
  const workspace = await tabletWithUnsent();
  workspace.setSync({ connection: 'update_required', isOutdated: true });
  const field = <input aria-label="Amount" />;
  renderScreen(<Shell>{field}</Shell>, workspace, '/counter');
  expect(await screen.findByText(/too old for the server/)).toBeTruthy();
  expect(screen.getByLabelText('Amount').matches(':disabled')).toBe(true);
  await userEvent.click(screen.getByRole('button', { name: 'Save a rescue file' }));
  expect(saved).toHaveLength(1);
  cleanup();

  renderScreen(<Shell>{field}</Shell>, workspace, '/stock');
  await screen.findByText(/too old for the server/);
  expect(screen.getByLabelText('Amount').matches(':disabled')).toBe(false);
});

test('[SY24] the panel shows storage and space, and asks the browser to keep it', async () => {
  const workspace = await tabletWithUnsent();
  renderScreen(<DataSafety />, workspace, '/sync');
  expect(await screen.findByText('12 MB used, 988 MB left')).toBeTruthy();
  expect(await screen.findByText('Money in them: €17.50')).toBeTruthy();
  workspace.grantsPersistence = false;
  await userEvent.click(screen.getByRole('button', { name: 'Ask the browser to keep it' }));
  expect(await screen.findByText(/did not promise it/)).toBeTruthy();
  workspace.grantsPersistence = true;
  await userEvent.click(screen.getByRole('button', { name: 'Ask the browser to keep it' }));
  expect(await screen.findByText('The browser keeps this storage')).toBeTruthy();
});
