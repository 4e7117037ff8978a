import { createHash, randomBytes } from 'node:crypto';
import { io } from 'socket.io-client';
import type { ClientEnv, HttpAnswer, HttpRequest, Locks } from '#client/env.ts';
import { MemoryDisk } from '#client/testing/memory-store.ts';
import { bytesToId } from '#schema/env.ts';

/**
 * One browser tab's environment in Node: real clock and timers, real HTTP and a real socket to a server, a cookie as a browser keeps it. Storage is in
 * memory, so it stands for a tablet that itself stays alive.
 */
export interface NodeEnv extends ClientEnv {
  readonly disk: MemoryDisk;
}

/** `onAnswer` is shown each answer that came in whole; no request waits longer than `patienceMs`. */
export function createNodeEnv(
  url: string,
  onAnswer: (request: HttpRequest, status: number, text: string) => void = () => undefined,
  patienceMs = Number.POSITIVE_INFINITY,
): NodeEnv {
  const disk = new MemoryDisk();
  const local = new Map<string, string>();
  let cookie = '';
  return {
    disk,
    now: () => Date.now(),
    schedule: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    randomId: (length) => bytesToId(randomBytes(length)),
    sha256: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
    request: async (request) => {
      const { method, path, headers, body, timeoutMs } = request;
      const response = await fetch(`${url}${path}`, {
        method,
        signal: AbortSignal.timeout(Math.min(timeoutMs, patienceMs)),
        headers: { ...headers, cookie },
        ...(body === undefined ? {} : { body }),
      });
      for (const set of response.headers.getSetCookie()) cookie = set.split(';')[0] ?? '';
      return answerOf(response, (text) => onAnswer(request, response.status, text));
    },
    openSocket: ({ onPoke, onConnect, onDisconnect }) => {
      const socket = io(url, { transports: ['websocket'], extraHeaders: { cookie }, forceNew: true });
      socket.on('poke', onPoke);
      socket.on('connect', onConnect);
      socket.on('disconnect', onDisconnect);
      return () => socket.close();
    },
    locks: locksOfOneTab(),
    channel: () => ({ post: () => undefined, listen: () => () => undefined, close: () => undefined }),
    openStore: async (name) => disk.open(name),
    removeStore: async (name) => disk.remove(name),
    local: {
      get: (name) => local.get(name) ?? null,
      set: (name, text) => void local.set(name, text),
      note: (name, text) => void local.set(name, text),
      remove: (name) => void local.delete(name),
    },
    isVisible: () => true,
    onWake: () => () => undefined,
    zoneOffsetMinutes: () => 60,
    report: (error) => console.error('a tablet reports', error),
    sealText: null,
    storageManager: null,
  };
}

function answerOf(response: Response, onText: (text: string) => void): HttpAnswer {
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    json: async () => {
      const text = await response.text();
      onText(text);
      return JSON.parse(text) as unknown;
    },
    lines: () => linesOf(response),
  };
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Locks among the callers of one tab; nobody else is there to wait for, and nobody steals. */
function locksOfOneTab(): Locks {
  const last = new Map<string, Promise<unknown>>();
  const inLine = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const done = (last.get(name) ?? Promise.resolve()).then(work, work);
    last.set(name, done);
    return done;
  };
  return {
    withLock: inLine,
    hold: (name, { steal }, onHeld, release) => {
      if (steal) throw new Error('a single tab cannot be robbed');
      return inLine(name, async () => {
        onHeld();
        await release;
      });
    },
    held: async () => [],
  };
}
