import { expect, test } from 'vitest';
import { FakeBrowser } from '../testing/fake-env.ts';
import { followLeadership, HEARTBEAT_MS, SILENCE_MS } from './leader.ts';

function world() {
  const browser = new FakeBrowser(() => Promise.reject(new Error('no network here')));
  const open = () => {
    const env = browser.tab();
    const told: boolean[] = [];
    const stop = followLeadership(env, 'device', (leads) => told.push(leads));
    return { env, told, stop, leads: () => told.at(-1) ?? false };
  };
  return { browser, open };
}

test('one tab leads; when it closes another does', async () => {
  const { browser, open } = world();
  const tabs = [open(), open(), open()];
  await browser.advance(20_000);
  expect(tabs.map((tab) => tab.leads())).toEqual([true, false, false]);
  tabs[0]?.stop();
  await browser.advance(0);
  expect(tabs.map((tab) => tab.told)).toEqual([[true], [true], []]);
});

test('[SY5] a frozen leader is replaced after four silent seconds, and learns of it when it thaws', async () => {
  const { browser, open } = world();
  const [first, second] = [open(), open()];
  await browser.advance(5_000);
  first.env.isFrozen = true;
  await browser.advance(SILENCE_MS - HEARTBEAT_MS);
  expect(second.told).toEqual([]);
  await browser.advance(2 * HEARTBEAT_MS);
  expect(second.told).toEqual([true]);
  first.env.isFrozen = false;
  await browser.advance(60_000);
  expect([first.told, second.told]).toEqual([[true, false], [true]]);
  second.stop();
  await browser.advance(0);
  expect(first.told).toEqual([true, false, true]);
});

test('a tab that stopped never leads again, whatever it was waiting for', async () => {
  const { browser, open } = world();
  const [first, second] = [open(), open()];
  await browser.advance(3_000);
  second.stop();
  first.stop();
  await browser.advance(60_000);
  expect([first.told, second.told]).toEqual([[true], []]);
  const third = open();
  await browser.advance(0);
  expect(third.told).toEqual([true]);
});
