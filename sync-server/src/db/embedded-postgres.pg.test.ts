import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SILENT_LOG } from '../testing/silent-log.ts';
import { findProcess } from './embedded/processes.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts';

const isRoot = process.getuid?.() === 0;

let top: string;
let dataDir: string;
const running = new Set<EmbeddedPostgres>();
const children = new Set<ChildProcess>();

beforeEach(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'pharmasaas-lifecycle-'));
  await chmod(top, 0o755);
  dataDir = path.join(top, 'data');
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  for (const postgres of running) await postgres.stop();
  running.clear();
  await rm(top, { recursive: true, force: true });
});

describe('start and stop', () => {
  test('data is there after a stop and a start', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS n');
    await first.stop();
    await first.stop();
    expect(await findProcess(first.pid)).toBeUndefined();
    const second = await start();
    expect(await query(second, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
  });

  test('it is durable, UTF-8, asks for the password and listens on loopback only', async () => {
    const postgres = await start();
    const [settings] = await query(
      postgres,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit, current_setting('full_page_writes') AS pages,
              current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses, upper('é') AS upper`,
    );
    expect(settings).toEqual({ fsync: 'on', commit: 'on', pages: 'on', encoding: 'UTF8', addresses: '127.0.0.1', upper: 'É' });
    const wrong = new URL(postgres.url);
    wrong.password = 'guess';
    await expect(query({ url: wrong.href }, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(path.join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    for (const address of outsideAddresses())
      await expect(dial(address, postgres.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a second server on the same folder is refused and the first one lives on', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'data_folder_in_use' });
    expect(await query(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('a failed start gives the folder back and says why', async () => {
    const neighbour = await start();
    const other = path.join(top, 'other');
    await expect(start({ dataDir: other, port: neighbour.port })).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('Address already in use'),
    });
    await start({ dataDir: other });
  });

  test('data of another major version is refused and left alone', async () => {
    await (await start()).stop();
    await writeFile(path.join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toMatchObject({ code: 'data_version_mismatch' });
  });
});

describe('after kill -9', () => {
  test('of the server alone: the orphaned database is stopped, and what it committed is there', async () => {
    const { child, pid } = await startChild();
    await (await startedUrlOf(pid)).query('CREATE TABLE kept AS SELECT 7 AS n');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await findProcess(pid)).toBeDefined();
    const postgres = await start();
    expect(await findProcess(pid)).toBeUndefined();
    expect(await query(postgres, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('of the server and the postmaster together: a session that computes and does not notice is ended too', async () => {
    const { child, pid } = await startChild();
    const client = await startedUrlOf(pid);
    await client.query('CREATE TABLE kept AS SELECT 8 AS n');
    const { rows } = await client.query<{ backend: number }>('SELECT pg_backend_pid() AS backend');
    const backend = rows[0]?.backend ?? 0;
    const computing = client.query('SELECT count(*) FROM generate_series(1, 1e12)').catch(() => 'broken');
    child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    expect(await findProcess(backend)).toBeDefined();
    const postgres = await start();
    expect(await findProcess(backend)).toBeUndefined();
    expect(await computing).toBe('broken');
    expect(await query(postgres, 'SELECT n FROM kept')).toEqual([{ n: 8 }]);
  });

  test('a stale lock whose pid now belongs to a stranger does not stop the start', async () => {
    await (await start()).stop();
    const lock = path.join(dataDir, 'postgres', 'postmaster.pid');
    await writeFile(lock, `${process.pid}\n${path.join(dataDir, 'postgres')}\n1\n5432\n\n127.0.0.1\n\nready\n`);
    await writeFile(path.join(dataDir, 'postgres-owner.json'), JSON.stringify({ pid: process.pid, startedAt: '1' }));
    const postgres = await start();
    expect(await query(postgres, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('in the middle of the very first start: nothing half made is taken for a database', async () => {
    await mkdir(path.join(dataDir, 'postgres-unfinished', 'base'), { recursive: true });
    await writeFile(path.join(dataDir, 'postgres-unfinished', 'PG_VERSION'), '18\n');
    await writeFile(path.join(dataDir, 'postgres-owner.json'), '{"pid":');
    await chmod(dataDir, 0o755);
    await start();
    expect(await readdir(dataDir)).not.toContain('postgres-unfinished');
  });
});

describe.runIf(isRoot)('as root', () => {
  test('the database runs as an unprivileged account', async () => {
    const postgres = await start();
    const status = await readFile(`/proc/${postgres.pid}/status`, 'utf8');
    expect(Number(/^Uid:\s+(\d+)/m.exec(status)?.[1])).not.toBe(0);
  });

  test('data folder and programs under a 0700 home: both are placed where the account may go, and found again', async () => {
    const home = path.join(top, 'home');
    await mkdir(home, { mode: 0o700 });
    const nativeFolder = path.join(home, 'native');
    await cp(installedNativeFolder(), nativeFolder, { recursive: true, verbatimSymlinks: true });
    // As after `npm ci --ignore-scripts`.
    await rm(path.join(nativeFolder, 'lib', 'libpq.so.5'));
    const options = { dataDir: path.join(home, 'data'), nativeFolder, fallbackRoot: top };

    const first = await start(options);
    await query(first, 'CREATE TABLE kept AS SELECT 9 AS n');
    await first.stop();
    const base = (await readFile(path.join(home, 'data', 'postgres-location.txt'), 'utf8')).trim();
    expect(path.dirname(base)).toBe(top);
    expect(await readdir(base)).toContain('postgres-programs-given');

    await chmod(home, 0o755);
    const second = await start(options);
    expect(await query(second, 'SELECT n FROM kept')).toEqual([{ n: 9 }]);
    await second.stop();

    await rm(base, { recursive: true });
    await expect(start(options)).rejects.toMatchObject({ code: 'data_unreachable' });
  });

  test('a folder deleted together with its record does not silently come back from the fallback place', async () => {
    const home = path.join(top, 'home');
    await mkdir(home, { mode: 0o700 });
    const options = { dataDir: path.join(home, 'data'), fallbackRoot: top };
    await (await start(options)).stop();
    await rm(path.join(home, 'data'), { recursive: true });
    await expect(start(options)).rejects.toMatchObject({ code: 'data_unreachable' });
  });

  test('an ordinary user starts it too, meets its own orphan, and root then runs the data as its owner', async () => {
    const home = path.join(top, 'user');
    await mkdir(home);
    await chmod(home, 0o777);
    const { child, pid } = await startChild(path.join(home, 'data'), 65_534);
    expect((await stat(path.join(home, 'data', 'postgres'))).uid).toBe(65_534);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const again = await startChild(path.join(home, 'data'), 65_534);
    expect(await findProcess(pid)).toBeUndefined();
    again.child.kill('SIGKILL');
    await once(again.child, 'exit');
    // Root stops the user's orphan and runs the data as its owner.
    const asRoot = await start({ dataDir: path.join(home, 'data') });
    expect(await findProcess(again.pid)).toBeUndefined();
    expect((await stat(`/proc/${asRoot.pid}`)).uid).toBe(65_534);
  });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: SILENT_LOG, ...options });
  running.add(postgres);
  return postgres;
}

/** Starts the database from a process of its own, which may then be killed. */
async function startChild(folder = dataDir, uid?: number): Promise<{ child: ChildProcess; pid: number }> {
  const script = fileURLToPath(new URL('../testing/start-and-wait.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  children.add(child);
  const [line] = await once(child.stdout, 'data');
  return { child, pid: Number(String(line)) };
}

/** A session of the administrator on a database another process started, made from what lies in the data folder. */
async function startedUrlOf(pid: number): Promise<Client> {
  const lock = (await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  expect(Number(lock[0])).toBe(pid);
  const password = (await readFile(path.join(dataDir, 'postgres-password'), 'utf8')).trim();
  const client = new Client({ connectionString: `postgres://postgres:${password}@127.0.0.1:${lock[3]}/postgres` });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function query({ url }: { url: string }, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

function outsideAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
}

async function dial(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

function installedNativeFolder(): string {
  const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return path.join(path.dirname(fromWrapper.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native');
}
