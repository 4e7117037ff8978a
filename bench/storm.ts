/**
 * `npm run bench:storm [rounds]`: what one pharmacy feels of another's storm (SY12). Five tablets of a quiet pharmacy push one sale and pull, again and again; their waits
 * are measured with nobody else at work and beside a storm, by turns. The storm comes from a process of its own: fifty tablets of one pharmacy that push full batches as fast as they are
 * answered, fifty that pull everything, a hundred and fifty that ask for a snapshot and read nothing of it. They come back when `Retry-After` says.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { STORY_PASSWORD, Stack } from '#e2e/support/stack.ts';
import {
  enrolResponseSchema,
  PROTOCOL_VERSION,
  PULL_PAGE_MAX,
  pullResponseSchema,
  signInResponseSchema,
} from '#schema/sync/messages.ts';
import { BenchDevice, type BenchPush, type BenchStock } from './bench-device.ts';

const QUIET_TABLETS = 5;
const THINK_MS = 120;
const PHASE_MS = 15_000;
const STORM_TABLETS = 50;
const STORM_READERS = 150;
const STORM_BATCHES = 16;
const BATCH_ACTS = 100;

/** What storms do, one after another. */
const STORMS = ['pushes', 'pulls', 'stalled snapshots', 'all at once'] as const;
type Storm = (typeof STORMS)[number];

/** A tablet as the server sees it. */
class HttpTablet {
  readonly device: BenchDevice;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(url: string, device: BenchDevice, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.device = device;
    this.#headers = headers;
  }

  static async enrol(url: string, owner: Owner, name: string): Promise<HttpTablet> {
    const authorization = { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name, set: 'office' });
    const answer = await fetch(`${url}/api/devices`, { method: 'POST', headers: authorization, body });
    const { deviceId, deviceToken } = enrolResponseSchema.parse(await answer.json());
    const headers = { ...authorization, 'x-device-token': deviceToken, 'x-protocol-version': String(PROTOCOL_VERSION) };
    return new HttpTablet(url, new BenchDevice(deviceId, owner.userId), headers);
  }

  /** Status, body and `Retry-After` in ms. */
  async post(path: string, body: string): Promise<{ status: number; text: string; retryAfterMs: number }> {
    const send = () => fetch(this.#url + path, { method: 'POST', headers: this.#headers, body });
    // The server may close a kept connection in the moment it is used again; a push may be repeated.
    const answer = await send().catch(send);
    return {
      status: answer.status,
      text: await answer.text(),
      retryAfterMs: Number(answer.headers.get('retry-after') ?? 0) * 1_000,
    };
  }

  /** Sends a push that must be taken. */
  async push(push: BenchPush): Promise<void> {
    const { status, text } = await this.post('/api/sync/push', JSON.stringify(push));
    if (status !== 200) throw new Error(`a push was answered ${status} ${text}`);
  }

  pullBody(since: number): string {
    return JSON.stringify({ epoch: 1, since, limit: PULL_PAGE_MAX, receiptsAfter: 0, head: null });
  }

  /** A snapshot's answer, not compressed, so that it does not fit the buffers on the way; nothing of it was read. */
  openSnapshot(signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { ...this.#headers, 'accept-encoding': 'identity' };
      get(`${this.#url}/api/sync/snapshot`, { headers, agent: false, signal }, resolve).once('error', reject);
    });
  }
}

interface Owner {
  readonly token: string;
  readonly userId: string;
}

async function foundPharmacy(url: string, email: string): Promise<Owner> {
  const body = { pharmacy: email, country: 'FR', currency: 'EUR', timeZone: 'Europe/Paris', name: 'Ana' };
  const answer = await fetch(`${url}/api/tenants`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, email, password: STORY_PASSWORD }),
  });
  const { accessToken, user } = signInResponseSchema.parse(await answer.json());
  return { token: accessToken, userId: user.id };
}

async function openShop(url: string, email: string, tablets: number): Promise<{ tablets: HttpTablet[]; stock: BenchStock[] }> {
  const owner = await foundPharmacy(url, email);
  const office = await HttpTablet.enrol(url, owner, 'Office');
  const { pushes, stock } = office.device.makeStock(300);
  for (const push of pushes) await office.push(push);
  const opened: HttpTablet[] = [];
  for (let i = 0; i < tablets; i += 1) {
    const tablet = await HttpTablet.enrol(url, owner, `Tablet ${i}`);
    await tablet.push(tablet.device.openTill(`Till ${i}`));
    opened.push(tablet);
  }
  return { tablets: opened, stock };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/* The storm, in a process of its own. */

async function rage(url: string): Promise<void> {
  const { tablets, stock } = await openShop(url, 'storm@bench.test', STORM_TABLETS);
  const queues = tablets.map((tablet, i) => ({
    tablet,
    pushes: Array.from({ length: STORM_BATCHES * STORMS.length }, (_, b) =>
      JSON.stringify(tablet.device.sell(BATCH_ACTS, stock, b * BATCH_ACTS + i * 31)),
    ),
  }));
  const answers = new Map<string, number>();
  const count = (what: string) => answers.set(what, (answers.get(what) ?? 0) + 1);
  let isRaging = false;
  let leaving = new AbortController();

  const pushOn = async ({ tablet, pushes }: (typeof queues)[number]) => {
    while (isRaging && pushes[0]) {
      const { status, retryAfterMs } = await tablet.post('/api/sync/push', pushes[0]);
      count(`push ${status}`);
      if (status === 200) pushes.shift();
      else await sleep(retryAfterMs);
    }
  };
  const pullOn = async (tablet: HttpTablet) => {
    let since = 0;
    while (isRaging) {
      const { status, text, retryAfterMs } = await tablet.post('/api/sync/pull', tablet.pullBody(since));
      count(`pull ${status}`);
      since = status === 200 ? Number(/"next":(\d+),"more":true/.exec(text)?.[1] ?? 0) : 0;
      await sleep(retryAfterMs);
    }
  };
  const stall = async (tablet: HttpTablet) => {
    while (isRaging) {
      const answer = await tablet.openSnapshot(leaving.signal).catch(() => null);
      if (answer) count(`snapshot ${answer.statusCode}`);
      if (answer?.statusCode === 200) {
        answer.on('error', () => undefined);
        await new Promise((resolve) => answer.once('close', resolve));
      }
      answer?.destroy();
      await sleep(Number(answer?.headers['retry-after'] ?? 0) * 1_000);
    }
  };

  let raging: Promise<unknown> = Promise.resolve();
  process.on('message', (message: { storm: Storm } | 'calm') => {
    if (message !== 'calm') {
      const is = (storm: Storm) => message.storm === storm || message.storm === 'all at once';
      isRaging = true;
      leaving = new AbortController();
      setMaxListeners(0, leaving.signal);
      answers.clear();
      raging = Promise.all([
        ...(is('pushes') ? queues.map(pushOn) : []),
        ...(is('pulls') ? tablets.map(pullOn) : []),
        ...(is('stalled snapshots')
          ? Array.from({ length: STORM_READERS }, (_, i) => stall(tablets[i % tablets.length] ?? HttpTablet.prototype))
          : []),
      ]);
      return;
    }
    isRaging = false;
    leaving.abort();
    raging.then(
      () => process.send?.(Object.fromEntries(answers)),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.send?.('ready');
}

/* The quiet pharmacy, and the measuring. */

async function measure(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 3);
  const stack = await Stack.start({ clock: 'real' });
  const storm = fork(fileURLToPath(import.meta.url), ['rage', stack.url], { execArgv: process.execArgv });
  try {
    await answerOf(storm);
    const { tablets, stock } = await openShop(stack.url, 'quiet@bench.test', QUIET_TABLETS);
    const seqs = tablets.map(() => 0);
    // Programs get faster while they run: the first phase is not counted.
    await workOn(tablets, stock, seqs);
    for (const kind of STORMS) {
      const ratios: { push: number; pull: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const alone = await workOn(tablets, stock, seqs);
        storm.send({ storm: kind });
        const beside = await workOn(tablets, stock, seqs);
        storm.send('calm');
        const answers = await answerOf(storm);
        ratios.push({ push: beside.push.p99 / alone.push.p99, pull: beside.pull.p99 / alone.pull.p99 });
        console.log(`${kind}: alone ${said(alone)}; beside ${said(beside)}; the storm was answered ${JSON.stringify(answers)}`);
      }
      const middle = (values: number[]) => values.toSorted((a, b) => a - b);
      const [push, pull] = [middle(ratios.map((r) => r.push)), middle(ratios.map((r) => r.pull))];
      const range = (sorted: number[]) =>
        `${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} (${sorted[0]?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)})`;
      console.log(`${kind}: p99 beside ÷ alone: push ${range(push)}, pull ${range(pull)}`);
    }
  } finally {
    storm.kill();
    await stack.stop();
  }
}

interface Waits {
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

/** Works for a phase; how long pushes and pulls took, in ms. */
async function workOn(
  tablets: readonly HttpTablet[],
  stock: readonly BenchStock[],
  seqs: number[],
): Promise<{ push: Waits; pull: Waits }> {
  const until = performance.now() + PHASE_MS;
  const [pushes, pulls]: [number[], number[]] = [[], []];
  let failed = 0;
  const timed = async (times: number[], tablet: HttpTablet, path: string, body: string): Promise<string> => {
    const sentAt = performance.now();
    const { status, text, retryAfterMs } = await tablet.post(path, body);
    times.push(performance.now() - sentAt);
    if (status === 200) return text;
    failed += 1;
    await sleep(retryAfterMs);
    return '';
  };
  const work = async (tablet: HttpTablet, i: number) => {
    await sleep((i * THINK_MS) / tablets.length);
    while (performance.now() < until) {
      const push = JSON.stringify(tablet.device.sell(1, stock, pushes.length));
      while ((await timed(pushes, tablet, '/api/sync/push', push)) === '');
      const text = await timed(pulls, tablet, '/api/sync/pull', tablet.pullBody(seqs[i] ?? 0));
      if (text !== '') seqs[i] = pullResponseSchema.parse(JSON.parse(text)).next;
      await sleep(THINK_MS);
    }
  };
  await Promise.all(tablets.map(work));
  const waits = (times: number[]): Waits => {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), failed };
  };
  return { push: waits(pushes), pull: waits(pulls) };
}

function said({ push, pull }: { push: Waits; pull: Waits }): string {
  const ms = ({ p50, p99 }: Waits) => `${p50.toFixed(0)}/${p99.toFixed(0)}`;
  return `push ${ms(push)}, pull ${ms(pull)} ms${push.failed > 0 ? `, ${push.failed} refused` : ''}`;
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the storm ended with ${code}`)));
  });
}

await (process.argv[2] === 'rage' ? rage(process.argv[3] ?? '') : measure());
