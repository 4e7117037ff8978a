import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROJECT_FOLDER } from './config.ts';
import { createTestDatabase } from './testing/database.ts';

/** `npm start` as a process of its own, from its lines and signals. */
class Started {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly url: Promise<string>;

  constructor(environment: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, ['--import', 'tsx', 'sync-server/src/start.ts'], {
      cwd: PROJECT_FOLDER,
      env: { ...process.env, NODE_ENV: '', LOG_LEVEL: 'error', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.url = new Promise((resolve, reject) => {
      for (const stream of [this.child.stdout, this.child.stderr]) {
        if (!stream) continue;
        createInterface({ input: stream }).on('line', (line) => {
          this.lines.push(line);
          const url = /^ready (http:\S+)$/.exec(line)?.[1];
          if (url !== undefined) resolve(url);
        });
      }
      this.child.once('exit', () => reject(new Error(`ended before it was ready:\n${this.lines.join('\n')}`)));
    });
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
    return this.child.exitCode;
  }
}

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'pharmasaas-start-'));
  await chmod(dataDir, 0o755);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function signIn(url: string, password: string): Promise<number> {
  const response = await fetch(`${url}/api/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'manager@demo.test', password }),
  });
  return response.status;
}

test('a start passes over a taken port, keeps its data through kill −9, and ends in order on SIGTERM', {
  timeout: 180_000,
}, async () => {
  const squatter = createServer();
  squatter.listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const address = squatter.address();
  const taken = typeof address === 'object' && address !== null ? address.port : 0;
  const environment = { PORT: String(taken), DATA_DIR: dataDir, DEMO_PASSWORD: 'first-password' };

  const first = new Started(environment);
  const firstUrl = await first.url;
  expect(Number(new URL(firstUrl).port)).toBeGreaterThan(taken);
  expect(await signIn(firstUrl, 'first-password')).toBe(200);
  await first.end('SIGKILL');

  const second = new Started({ ...environment, DEMO: '0' });
  const secondUrl = await second.url;
  expect(await signIn(secondUrl, 'first-password')).toBe(200);
  const page = await fetch(`${secondUrl}/stock/some-item`);
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  const asset = /\/assets\/[^"]+\.js/.exec(await page.text())?.[0] ?? '';
  expect((await fetch(secondUrl + asset)).headers.get('cache-control')).toContain('immutable');
  expect((await fetch(`${secondUrl}/assets/nothing.js`)).status).toBe(404);
  expect(await second.end('SIGTERM')).toBe(0);
  await expect(fetch(secondUrl)).rejects.toThrow();
  squatter.close();
});

test('DATABASE_URL: the whole product starts on a PostgreSQL of somebody else, leaves it running, and finds its data again', {
  timeout: 180_000,
}, async () => {
  const database = await createTestDatabase({ empty: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'pharmasaas-given-'));
  const environment = { PORT: '0', DATA_DIR: folder, DATABASE_URL: database.ownerUrl, DEMO_PASSWORD: 'given-password' };
  const first = new Started(environment);
  expect(await signIn(await first.url, 'given-password')).toBe(200);
  expect(await first.end('SIGTERM')).toBe(0);
  const { rows } = await database.owner.query<{ id: string }>('select id from members order by id');
  expect(rows.length).toBeGreaterThan(0);

  const second = new Started({ ...environment, DEMO: '0' });
  expect(await signIn(await second.url, 'given-password')).toBe(200);
  expect(await second.end('SIGTERM')).toBe(0);
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

test('a wrong environment lists every fault and ends with 1', async () => {
  const started = new Started({ PORT: 'x', DEMO: 'maybe', DATA_DIR: dataDir });
  await expect(started.url).rejects.toThrow(/PORT: must be a number[\s\S]*DEMO: /);
  expect(started.child.exitCode).toBe(1);
});
