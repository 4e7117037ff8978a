import { randomBytes } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import compression from 'compression';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { SILENT_LOG } from '../testing/silent-log.ts';
import { AheadWriter, ReaderGone } from './ahead-writer.ts';
import { HttpProblem } from './http-problem.ts';
import { problemHandler } from './problems.ts';

const PIECE = 64 * 1_024;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that writes noise, which no compression makes smaller; answers where, what was written so far, and what came of it. */
async function noiseServer(pieces: number) {
  const state = { written: 0, bytes: 0, isWriting: true };
  const app = express().use(compression());
  const outcome = new Promise<unknown>((resolve) => {
    app.get('/', (request, response) => {
      const writer = new AheadWriter(request, response, { 'Content-Type': 'application/x-ndjson' });
      const write = async () => {
        for (; state.written < pieces; state.written += 1) {
          const piece = randomBytes(PIECE).toString('latin1');
          await writer.write(piece);
          state.bytes += Buffer.byteLength(piece);
        }
        return 'done';
      };
      const run = async () => {
        const result = await write().catch((error: unknown) => error);
        state.isWriting = false;
        await writer.end();
        return result;
      };
      resolve(run());
    });
    app.get('/refused', (request, response) => {
      new AheadWriter(request, response, { 'Content-Type': 'application/x-ndjson' });
      throw new HttpProblem('rebuild');
    });
  });
  app.use(problemHandler(SILENT_LOG));
  const server = app.listen(0);
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, state, outcome };
}

/** An answer of which nothing was read. */
function open(url: string, encoding: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': encoding }, agent: false }, resolve).once('error', reject);
  });
}

async function untilWritten({ state }: { readonly state: { readonly isWriting: boolean } }): Promise<void> {
  while (state.isWriting) await new Promise((resolve) => setImmediate(resolve));
}

test('[SY12] what a reader does not take waits for it, and nobody waits with it', async () => {
  const server = await noiseServer(100);
  const answer = await open(server.url, 'identity');
  // Everything is written although the reader has taken nothing, and no line on the way holds so much.
  await untilWritten(server);
  expect(server.state.written).toBe(100);
  let received = 0;
  for await (const part of answer) received += (part as Uint8Array).length;
  expect(received).toBe(server.state.bytes);
  expect(await server.outcome).toBe('done');
});

test('[SY12] only so much waits: a reader that is farther behind gets the pieces that were written, and comes again for the rest', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  closing.push(() => process.off('warning', onWarning));
  const server = await noiseServer(Number.POSITIVE_INFINITY);
  const answer = await open(server.url, 'identity');
  await untilWritten(server);
  let received = 0;
  for await (const part of answer) received += (part as Uint8Array).length;
  expect(received).toBe(server.state.bytes);
  expect(await server.outcome).toBeInstanceOf(ReaderGone);
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});

test('who can read gzip gets it', async () => {
  const { url } = await noiseServer(3);
  const answer = await fetch(url, { headers: { 'accept-encoding': 'br, gzip' } });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(PIECE * 3);
});

test('[SY17] a reader that hangs up ends the writing', async () => {
  const server = await noiseServer(Number.POSITIVE_INFINITY);
  const answer = await open(server.url, 'gzip');
  expect(answer.statusCode).toBe(200);
  answer.destroy();
  expect(await server.outcome).toBeInstanceOf(ReaderGone);
});

test('before the first piece a problem is answered as such', async () => {
  const { url } = await noiseServer(0);
  const answer = await fetch(`${url}refused`);
  expect([answer.status, answer.headers.get('content-encoding')]).toEqual([409, null]);
  expect(await answer.json()).toMatchObject({ code: 'rebuild' });
});
