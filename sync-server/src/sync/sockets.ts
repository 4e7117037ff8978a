import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { Poke } from '#schema/sync/messages.ts';
import { type SessionKeeper, tokenOf } from '../auth/sessions.ts';
import { isOwnOrigin } from '../http/origin-check.ts';

/** Pokes to connected tablets; nothing else ever travels on the socket (SY16). */
export interface Sockets {
  /** Tells every device of a tenant how far it is. Never throws, never waits. */
  readonly poke: (tenantId: string, poke: Poke) => void;
  /** Disconnects what was opened with a session that has ended. */
  readonly endSession: (tokenHash: string) => void;
  /** Connected sockets, for tests and figures. */
  readonly count: () => number;
  readonly close: () => Promise<void>;
}

/** Sockets that reach nobody, until the real ones are attached. */
export const NO_SOCKETS: Sockets = { poke: () => {}, endSession: () => {}, count: () => 0, close: async () => {} };

/**
 * Opens Socket.IO on an HTTP server. A socket proves itself by the session cookie or by `auth.token`, comes from our own pages or from a program,
 * and joins its tenant's room.
 */
export function openSockets(http: HttpServer, sessions: SessionKeeper): Sockets {
  const server = new Server(http, {
    serveClient: false,
    maxHttpBufferSize: 1_024,
    allowRequest: (request, allow) => allow(null, isOwnOrigin(request)),
  });
  const admit = async (token: string | null, socket: Socket) => {
    const { tenantId, tokenHash } = await sessions.identify(token);
    await socket.join([tenantRoom(tenantId), sessionRoom(tokenHash)]);
  };
  server.use((socket, next) => {
    const given: unknown = socket.handshake.auth.token;
    const token = typeof given === 'string' ? given : tokenOf(socket.handshake.headers);
    admit(token, socket).then(
      () => next(),
      () => next(new Error('sign_in_required')),
    );
  });
  return {
    poke: (tenantId, poke) => {
      server.to(tenantRoom(tenantId)).emit('poke', poke);
    },
    endSession: (tokenHash) => {
      server.in(sessionRoom(tokenHash)).disconnectSockets(true);
    },
    count: () => server.engine.clientsCount,
    close: () => server.close(),
  };
}

function tenantRoom(tenantId: string): string {
  return `tenant:${tenantId}`;
}

function sessionRoom(tokenHash: string): string {
  return `session:${tokenHash}`;
}
