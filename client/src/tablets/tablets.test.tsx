import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import type { TabletState } from '#schema/api/devices.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import { FAKE_NOW, FakeWorkspace } from '../testing/fake-workspace.ts';
import { renderScreen } from '../testing/render-screen.tsx';
import { openingOfDay } from './opening-of-day.ts';
import { SilentTablets } from './silent-tablets.tsx';
import { TabletsCard } from './tablets-card.tsx';

afterEach(cleanup);

const HOUR_MS = 3_600_000;
const OWN = 'aaaaaaaaaa02';
const TABLETS: readonly TabletState[] = [
  aTablet({ id: OWN, name: 'Tablet 2', number: 2, heardAt: FAKE_NOW }),
  aTablet({ id: 'aaaaaaaaaa03', name: 'Back room', number: 3, heardAt: FAKE_NOW - 26 * HOUR_MS }),
  aTablet({ id: 'aaaaaaaaaa04', name: 'Old', number: 4, status: 'lost', heardAt: 0 }),
];
const read = async () => TABLETS;

function aTablet(more: Partial<TabletState>): TabletState {
  return {
    id: OWN,
    name: 'Tablet',
    number: 1,
    set: 'office',
    status: 'active',
    enrolledAt: 0,
    receivedN: 139,
    heardAt: FAKE_NOW,
    ...more,
  };
}

/** A pharmacy whose first till opened an hour ago. */
function anOpenDay(role: 'manager' | 'pharmacist'): FakeWorkspace {
  const workspace = new FakeWorkspace(role);
  const session: CashSession = {
    id: 'session-1',
    tillId: 'till-1',
    status: 'open',
    currency: 'EUR',
    businessOn: '2026-11-23',
    offsetMinutes: 60,
    openedAt: FAKE_NOW - HOUR_MS,
    openedBy: 'ana',
    deviceId: OWN,
    floatMinor: 0,
    floatDenominations: null,
    unowned: false,
    joinedTo: null,
    movedFrom: null,
    closedAt: null,
    closedBy: null,
    provisionalNo: null,
    zReportId: null,
    closeHash: null,
    attempts: 0,
  };
  workspace.put('cashSession', session);
  workspace.put('device', {
    id: 'aaaaaaaaaa03',
    name: 'Back room',
    number: 3,
    channel: 'tablet',
    set: 'office',
    status: 'active',
    enrolledAt: 0,
    enrolledBy: 'ana',
  });
  return workspace;
}

test('[SY25] the close names a tablet that was not heard of since the day began, and only to whom it may', async () => {
  renderScreen(<SilentTablets read={read} />, anOpenDay('manager'));
  const alert = within(await screen.findByRole('alert'));
  expect(alert.getByText('Back room (T3): received up to T3-139, last heard of yesterday')).toBeTruthy();
  expect(alert.queryByText(/Tablet 2|Old/)).toBeNull();
  cleanup();
  renderScreen(<SilentTablets read={read} />, anOpenDay('pharmacist'));
  await Promise.resolve();
  expect(screen.queryByRole('alert')).toBeNull();
});

test('[SY25] a manager declares a tablet lost with up to where it was received, and then reads what may be missing', async () => {
  const workspace = anOpenDay('manager');
  renderScreen(<TabletsCard read={read} />, workspace);
  const row = within(await screen.findByRole('row', { name: /Back room \(T3\) T3-139 yesterday/ }));
  expect(screen.getByRole('row', { name: /Tablet 2 \(T2\) .* this one/ })).toBeTruthy();
  expect(screen.queryByText(/Old/)).toBeNull();
  await userEvent.click(row.getByRole('button', { name: 'Declare lost' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Is Back room (T3) gone for good?' }));
  await userEvent.type(dialog.getByLabelText('What happened'), 'fell off the bike');
  await userEvent.click(dialog.getByRole('button', { name: 'Declare lost' }));
  expect(await screen.findByText(/Back room \(T3\) is gone. It was received up to T3-139/)).toBeTruthy();
  expect(workspace.saved.at(-1)).toMatchObject({
    name: 'device.declareLost',
    args: { deviceId: 'aaaaaaaaaa03', receivedN: 139, note: 'fell off the bike' },
  });
});

test.each([
  [null, 'Old (T4) is gone. It was received up to T4-139; what it had not sent may be missing.'],
  [139, 'Old (T4) is gone. Everything it had made was received, up to T4-139.'],
  [145, 'Old (T4) is gone. It was received up to T4-139; T4-140 to T4-145 are missing.'],
])('[SY25] what is missing of a tablet that had made up to %s', async (madeN, told) => {
  const workspace = anOpenDay('manager');
  workspace.put('exception', {
    id: 'gone',
    type: 'flag',
    codes: ['device_evicted'],
    deviceId: OWN,
    n: 1,
    mutationName: 'device.reportEvicted',
    actorId: null,
    aboutKind: 'device',
    aboutId: 'aaaaaaaaaa04',
    details: { name: 'Old', number: 4, receivedN: 139, madeN },
    amountMinor: null,
    units: null,
    status: 'open',
    raisedAt: FAKE_NOW,
    resolvedBy: null,
    resolvedAt: null,
    resolution: null,
  });
  renderScreen(<TabletsCard read={read} />, workspace);
  expect(await screen.findByText(told)).toBeTruthy();
});

test('[SY25] without a network the list says that it needs one', async () => {
  const workspace = anOpenDay('manager');
  workspace.setSync({ connection: 'offline' });
  renderScreen(<TabletsCard read={read} />, workspace);
  expect(await screen.findByText('The list of tablets needs the network.')).toBeTruthy();
});

test('the day begins with the first till of the newest business day', () => {
  const at = (businessOn: string, openedAt: number) => ({ businessOn, openedAt });
  expect(openingOfDay([at('2026-11-22', 1), at('2026-11-23', 5), at('2026-11-23', 3)])).toBe(3);
  expect(openingOfDay([])).toBeNull();
});
