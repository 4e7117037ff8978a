import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { problemOf } from '#schema/errors.ts';
import type { SignInResponse } from '#schema/sync/messages.ts';
import type { HttpAnswer, HttpRequest } from '../../env.ts';
import type { KeptSession } from '../../session.ts';
import { FakeBrowser } from '../../testing/fake-env.ts';
import { FakeWorkspace } from '../../testing/fake-workspace.ts';
import { renderScreen } from '../../testing/render-screen.tsx';
import { SignInPage } from './sign-in-page.tsx';

afterEach(cleanup);

const PORT = { id: '0123456789abcdef', name: 'Pharmacie du Port', role: 'pharmacist' as const };
const GARE = { id: 'fedcba9876543210', name: 'Pharmacie de la Gare', role: 'owner' as const };

/** A server that knows one person; answers what was asked of it. */
function serverOf(person: { tenants: (typeof PORT | typeof GARE)[]; oneTimePassword?: string }) {
  const asked: { path: string; body: Record<string, unknown> }[] = [];
  let mustChangePassword = person.oneTimePassword !== undefined;
  const signedIn = (tenant: typeof PORT | typeof GARE): SignInResponse => ({
    accessToken: 'token',
    expiresAt: 1,
    user: { id: 'ana', name: 'Ana', email: 'ana@test.test' },
    tenant: { id: tenant.id, name: tenant.name },
    role: tenant.role,
    tenants: person.tenants,
    mustChangePassword,
    rescueKey: { id: 'k'.repeat(16), publicKey: 'p'.repeat(87) },
  });
  const answer = (status: number, body: unknown): HttpAnswer =>
    ({ status, headers: { get: () => null }, json: async () => body }) as unknown as HttpAnswer;
  const request = async ({ path, body }: HttpRequest): Promise<HttpAnswer> => {
    const sent = JSON.parse(body ?? '{}');
    asked.push({ path, body: sent });
    const [first] = person.tenants;
    if (!first) throw new Error('nobody is a member of nothing');
    switch (path) {
      case '/api/auth/sign-in':
        return answer(200, signedIn(first));
      case '/api/auth/password':
        mustChangePassword = false;
        return answer(204, null);
      case '/api/auth/switch-tenant':
        return answer(200, signedIn(person.tenants.find(({ id }) => id === sent.tenantId) ?? first));
      case '/api/devices':
        return mustChangePassword
          ? answer(403, problemOf('password_change_required'))
          : answer(201, {
              deviceId: 'aaaaaaaaaa02',
              deviceToken: 'device',
              number: 2,
              name: 'Tablet',
              set: 'office',
              replaced: null,
            });
      default:
        return answer(200, signedIn(first));
    }
  };
  return { asked, env: new FakeBrowser(request).tab() };
}

async function signIn() {
  await userEvent.type(screen.getByLabelText(/^E-mail/), 'ana@test.test');
  await userEvent.type(screen.getByLabelText(/^Password/), 'chosen by Max');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
}

function show(env: ReturnType<typeof serverOf>['env']) {
  const onSession = vi.fn<(session: KeptSession) => void>();
  renderScreen(<SignInPage env={env} onSession={onSession} />, new FakeWorkspace());
  return onSession;
}

test('one pharmacy is gone on in at once', async () => {
  const { env, asked } = serverOf({ tenants: [PORT] });
  const onSession = show(env);
  await signIn();
  await waitFor(() =>
    expect(onSession).toHaveBeenCalledWith(expect.objectContaining({ tenant: { id: PORT.id, name: PORT.name } })),
  );
  // The server refuses what it does not know.
  expect(asked[0]?.body).toEqual({ email: 'ana@test.test', password: 'chosen by Max' });
});

test('who belongs to several pharmacies says which, before this browser becomes a device of any', async () => {
  const { env, asked } = serverOf({ tenants: [PORT, GARE] });
  const onSession = show(env);
  await signIn();
  expect(await screen.findByRole('heading', { name: 'Which pharmacy?' })).toBeTruthy();
  expect(asked.map(({ path }) => path)).toEqual(['/api/auth/sign-in']);
  await userEvent.click(screen.getByRole('button', { name: 'Pharmacie de la Gare' }));
  await waitFor(() =>
    expect(onSession).toHaveBeenCalledWith(expect.objectContaining({ role: 'owner', tenant: { id: GARE.id, name: GARE.name } })),
  );
});

test('a password that somebody else chose is replaced before anything else', async () => {
  const { env, asked } = serverOf({ tenants: [PORT], oneTimePassword: 'chosen by Max' });
  const onSession = show(env);
  await signIn();
  expect(await screen.findByRole('heading', { name: 'Choose your own password' })).toBeTruthy();
  const set = screen.getByRole('button', { name: 'Set my password' });
  await userEvent.type(screen.getByLabelText(/^New password(?! again)/), 'my own secret');
  await userEvent.type(screen.getByLabelText(/^New password again/), 'my own secreT');
  expect(screen.getByText('The two are not the same.')).toBeTruthy();
  expect(set).toHaveProperty('disabled', true);
  await userEvent.clear(screen.getByLabelText(/^New password again/));
  await userEvent.type(screen.getByLabelText(/^New password again/), 'my own secret');
  await userEvent.click(set);
  await waitFor(() => expect(onSession).toHaveBeenCalled());
  expect(asked.map(({ path }) => path)).toEqual(['/api/auth/sign-in', '/api/auth/password', '/api/auth/sign-in', '/api/devices']);
  expect(asked[1]?.body).toEqual({ password: 'chosen by Max', newPassword: 'my own secret' });
});

test('[M1] the country is chosen by name and brings its currency and time zone', async () => {
  const { env, asked } = serverOf({ tenants: [GARE] });
  const onSession = show(env);
  await userEvent.click(screen.getByRole('button', { name: 'Create a pharmacy' }));
  await userEvent.selectOptions(screen.getByLabelText('Country'), 'Senegal');
  await userEvent.type(screen.getByLabelText(/^Name of the pharmacy/), 'Pharmacie de la Gare');
  await userEvent.type(screen.getByLabelText(/^Your name/), 'Ana');
  await userEvent.type(screen.getByLabelText(/^E-mail/), 'ana@test.test');
  await userEvent.type(screen.getByLabelText(/^Password/), 'long enough');
  await userEvent.click(screen.getByRole('button', { name: 'Create the pharmacy' }));
  await waitFor(() => expect(onSession).toHaveBeenCalled());
  expect(asked[0]).toMatchObject({ path: '/api/tenants', body: { country: 'SN', currency: 'XOF', timeZone: 'Africa/Dakar' } });
});
