import { expect, test } from 'vitest';
import type { HttpRequest } from './env.ts';
import { type KeptSession, keptSession, renewDevice } from './session.ts';
import { FakeBrowser } from './testing/fake-env.ts';
import { answer, problem } from './testing/fake-server.ts';
import { TEST_SESSION } from './testing/tablet.ts';

/** A browser that is signed in as tablet 1 and has given 145 numbers; the server enrols it as tablet 5. */
function aClearedTablet() {
  const asked: unknown[] = [];
  const browser = new FakeBrowser(async ({ path, body }: HttpRequest) => {
    asked.push({ path, body: JSON.parse(body ?? 'null') as unknown });
    return answer({
      deviceId: 'aaaaaaaaaa05',
      deviceToken: 'token 5',
      number: 5,
      name: 'Tablet 1',
      set: 'office',
      replaced: { number: 1, receivedN: 139 },
    });
  });
  const env = browser.tab();
  env.local.set('pharmasaas-session', JSON.stringify(TEST_SESSION));
  env.local.set(`pharmasaas-made-${TEST_SESSION.device.id}`, '145');
  return { browser, env, asked };
}

const DEVICE_5: KeptSession['device'] = { id: 'aaaaaaaaaa05', token: 'token 5', number: 5, name: 'Tablet 1' };

test('[SY25] a cleared tablet enrols anew, names the one it was, and keeps who is signed in', async () => {
  const { env, asked } = aClearedTablet();
  const before = { number: 1, receivedN: 139, madeN: 145 };
  expect(await renewDevice(env, TEST_SESSION)).toEqual({
    ok: true,
    renewal: { session: { ...TEST_SESSION, device: DEVICE_5 }, before },
  });
  expect(asked).toEqual([
    {
      path: '/api/devices',
      body: { name: 'Tablet 1', set: 'office', replaces: { deviceToken: TEST_SESSION.device.token, madeN: 145 } },
    },
  ]);
  expect(keptSession(env)).toEqual({ ...TEST_SESSION, device: DEVICE_5 });
});

test('[SY25] of several tabs one enrols and the others follow', async () => {
  const { browser, env, asked } = aClearedTablet();
  const renewed = await Promise.all([env, browser.tab(), browser.tab()].map((tab) => renewDevice(tab, TEST_SESSION)));
  expect(asked).toHaveLength(1);
  for (const one of renewed) expect(one).toMatchObject({ ok: true, renewal: { session: { device: DEVICE_5 } } });
});

test('[SY25] without a sign-in or a network it stays as it is and says why', async () => {
  const { browser, env } = aClearedTablet();
  browser.request = async () => problem(401, 'sign_in_required');
  expect(await renewDevice(env, TEST_SESSION)).toMatchObject({ ok: false, problem: { code: 'sign_in_required' } });
  browser.request = () => Promise.reject(new TypeError('failed to fetch'));
  expect(await renewDevice(env, TEST_SESSION)).toMatchObject({ ok: false, problem: { code: 'no_answer' } });
  expect(keptSession(env)).toEqual(TEST_SESSION);
});
