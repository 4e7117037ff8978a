import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import compression from 'compression';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { pacedWriter, ReaderGone } from './paced-writer.ts';

const CHUNK = 64 * 1_024;
const CHUNKS = 60;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that writes noise, which no compression makes smaller, as fast as its reader takes it; answers where, and what came of it. */
async function noiseServer(): Promise<{ url: string; listeners: number[]; outcome: Promise<unknown> }> {
  const listeners: number[] = [];
  const app = express().use(compression());
  const outcome = new Promise<unknown>((resolve) => {
    app.get('/', (_request, response) => {
      response.set('Content-Type', 'text/plain');
      const write = pacedWriter(response);
      const run = async () => {
        for (let i = 0; i < CHUNKS; i += 1) {
          await write(randomBytes(CHUNK).toString('latin1'));
          listeners.push(response.listenerCount('close'));
        }
        response.end();
      };
      run().then(() => resolve('done'), resolve);
    });
  });
  const server = app.listen(0);
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, listeners, outcome };
}

test('[SY17] a slow reader gets everything, and waiting for it leaves no listeners behind', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  closing.push(() => process.off('warning', onWarning));
  const { url, listeners, outcome } = await noiseServer();
  const answer = await fetch(url);
  let received = 0;
  for await (const part of answer.body ?? []) received += (part as Uint8Array).length;
  expect(await outcome).toBe('done');
  expect(received).toBeGreaterThan(CHUNK * CHUNKS);
  expect(new Set(listeners).size).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});

test('[SY17] a reader that hangs up ends the writing', async () => {
  const { url, outcome } = await noiseServer();
  const leaving = new AbortController();
  const answer = await fetch(url, { signal: leaving.signal });
  expect(answer.status).toBe(200);
  leaving.abort();
  expect(await outcome).toBeInstanceOf(ReaderGone);
});
