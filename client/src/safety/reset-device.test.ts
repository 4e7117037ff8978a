import { expect, test } from 'vitest';
import { keptSession } from '../session.ts';
import { aTablet, TEST_SESSION } from '../testing/tablet.ts';
import { resetDevice } from './reset-device.ts';

test('[SY25] a reset leaves neither stores nor the device behind, and another pharmacy of this browser alone', async () => {
  const { browser, openTab } = await aTablet();
  const { workspace, env } = await openTab();
  await browser.advance(1_000);
  await workspace.run('till.add', { name: 'Till 3' });
  workspace.dismiss(1);
  await browser.advance(5_000);
  await workspace.close();
  env.local.set(`pharmasaas-device-${TEST_SESSION.tenant.id}`, JSON.stringify(TEST_SESSION.device));
  env.local.set('pharmasaas-device-0000000000000000', '{}');
  expect(browser.disk.names().length).toBeGreaterThan(1);

  await resetDevice(env, TEST_SESSION);

  expect(browser.disk.names()).toEqual([]);
  expect(browser.localNames()).toEqual(['pharmasaas-device-0000000000000000']);
  expect(keptSession(env)).toBeNull();
});
