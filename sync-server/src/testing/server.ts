import { io, type Socket } from 'socket.io-client';
import type { SignInResponse } from '#schema/sync/messages.ts';
import { signInResponseSchema } from '#schema/sync/messages.ts';
import { createNodeEnv, type ServerEnv } from '../env.ts';
import { type RunningServer, startServer } from '../main.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { SILENT_LOG } from './silent-log.ts';

/** A pharmacy with its owner signed in, as `TestServer.foundPharmacy` makes it. */
export interface TestPharmacy extends SignInResponse {
  /** Headers of the owner's requests. */
  readonly bearer: Readonly<Record<string, string>>;
}

/** A real server that listens, on a database of its own, with a clock the test moves. */
export interface TestServer {
  readonly database: TestDatabase;
  readonly running: RunningServer;
  readonly env: ServerEnv & { readonly setNow: (atMs: number) => void };
  readonly url: string;
  /** Sends JSON (a string goes as it is) and answers status, headers and the parsed body. */
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<CallAnswer>;
  readonly foundPharmacy: (email: string) => Promise<TestPharmacy>;
  /** A socket that is connected; closed with the server. */
  readonly connect: (token: string) => Promise<Socket>;
  readonly close: () => Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The password of everybody in tests. */
export const TEST_PASSWORD = 'correct horse battery';

export async function createTestServer(options: { distFolder?: string } = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  let now = Date.UTC(2026, 10, 23, 9);
  const env = { ...createNodeEnv(), now: () => now, setNow: (atMs: number) => (now = atMs) };
  const running = await startServer({
    database: { url: database.appUrl, becomeAppRole: false },
    host: '127.0.0.1',
    port: 0,
    distFolder: options.distFolder ?? '/nowhere',
    env,
    log: SILENT_LOG,
    rescueSecret: new Uint8Array(32).fill(7),
  });
  const sockets: Socket[] = [];
  const url = `http://127.0.0.1:${running.port}`;
  const call: TestServer['call'] = async (method, path, { body, headers = {} } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && !text.includes('\n');
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
  };
  return {
    database,
    running,
    env,
    url,
    call,
    foundPharmacy: async (email) => {
      const { body } = await call('POST', '/api/tenants', {
        body: {
          email,
          password: TEST_PASSWORD,
          name: 'Ana',
          pharmacy: 'Pharmacy',
          country: 'FR',
          currency: 'EUR',
          timeZone: 'Europe/Paris',
        },
      });
      const signedIn = signInResponseSchema.parse(body);
      return { ...signedIn, bearer: { authorization: `Bearer ${signedIn.accessToken}` } };
    },
    connect: async (token) => {
      const socket = io(url, { transports: ['websocket'], auth: { token }, reconnection: false });
      sockets.push(socket);
      await new Promise<void>((resolve, reject) => {
        socket.on('connect', resolve);
        socket.on('connect_error', reject);
      });
      return socket;
    },
    close: async () => {
      for (const socket of sockets) socket.close();
      await running.stop();
      await database.drop();
    },
  };
}
