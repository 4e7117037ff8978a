import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { SILENT_LOG } from '../testing/silent-log.ts';
import { API_LIMITS, admission } from './admission.ts';
import { problemHandler } from './problems.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server whose requests, counted by the name in their address, are under way until they are let go. */
async function slowServer() {
  const waiting: (() => void)[] = [];
  const app = express();
  app.use(admission(API_LIMITS, (request) => request.path));
  app.use((_request, response) => {
    waiting.push(() => response.end());
  });
  app.use(problemHandler(SILENT_LOG));
  const server = app.listen(0);
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const ask = async (whose: string) => {
    const answer = await fetch(`${url}/${whose}`);
    await answer.arrayBuffer();
    return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
  };
  const untilUnderWay = async (count: number) => {
    while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  return { ask, waiting, untilUnderWay };
}

test('[SY12] one that has too much under way is told when to come again, while others are let in', async () => {
  const { ask, waiting, untilUnderWay } = await slowServer();
  const storm = Array.from({ length: API_LIMITS.each }, () => ask('storm'));
  await untilUnderWay(API_LIMITS.each);
  expect(await ask('storm')).toEqual({ status: 429, retryAfter: '1' });
  const other = ask('other');
  await untilUnderWay(API_LIMITS.each + 1);
  for (const letGo of waiting.splice(0)) letGo();
  expect(await other).toEqual({ status: 200, retryAfter: null });
  await Promise.all(storm);
  const again = ask('storm');
  await untilUnderWay(1);
  waiting[0]?.();
  expect((await again).status).toBe(200);
});

test('[SY12] many storms share, so that there is room for one more; when there is none, everybody is told so', async () => {
  const { ask, waiting, untilUnderWay } = await slowServer();
  const statuses: number[] = [];
  const note = (answer: Promise<{ status: number }>) => answer.then(({ status }) => statuses.push(status));
  const storms = Array.from({ length: 8 }, (_, i) => Array.from({ length: API_LIMITS.each }, () => note(ask(`storm${i}`))));
  while (waiting.length + statuses.length < 8 * API_LIMITS.each) await new Promise((resolve) => setImmediate(resolve));
  expect(new Set(statuses)).toEqual(new Set([429]));
  const others = Array.from({ length: API_LIMITS.all - 1 - waiting.length }, (_, i) => ask(`other${i}`));
  expect(others.length).toBeGreaterThan(3);
  await untilUnderWay(API_LIMITS.all - 1);
  expect(await ask('late')).toEqual({ status: 503, retryAfter: '2' });
  for (const letGo of waiting.splice(0)) letGo();
  for (const answer of await Promise.all(others)) expect(answer.status).toBe(200);
  await Promise.all(storms.flat());
});
