import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { actorOfToken } from './auth/accounts.ts';
import type { Deps } from './deps.ts';
import { tokenOf } from './http/handle.ts';
import { isOwnOrigin } from './http/origin.ts';

/** Pokes over Socket.IO: they only say how far a tenant is (SY16). A socket belongs to the room of its tenant and hears nothing else. */
export interface Pokes {
  readonly poke: (tenantId: string, head: { readonly epoch: number; readonly seq: number }) => void;
  readonly close: () => Promise<void>;
}

export function openSockets(server: HttpServer, deps: Deps): Pokes {
  const io = new Server(server, {
    serveClient: false,
    maxHttpBufferSize: 16 * 1024,
    allowRequest: (request, decide) => decide(null, isOwnOrigin(request.headers)),
  });
  io.use((socket, next) => {
    const token =
      tokenOf(socket.request) ?? (typeof socket.handshake.auth.token === 'string' ? socket.handshake.auth.token : null);
    const found = token === null ? Promise.resolve(null) : actorOfToken(deps, token);
    found.then(async (actor) => {
      if (!actor) return next(new Error('sign_in_required'));
      await socket.join(actor.tenantId);
      return next();
    }, next);
  });
  return {
    poke: (tenantId, { epoch, seq }) => {
      io.to(tenantId).emit('poke', { epoch, seq });
    },
    close: () => io.close(),
  };
}
