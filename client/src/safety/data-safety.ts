import { actValueOf } from '#schema/mutations/act-value.ts';
import type { BrowserStorage, ClientEnv } from '../env.ts';
import type { KeptSession } from '../session.ts';
import type { Outbox } from '../store/outbox.ts';
import { makeRescueFile, type RescueExport } from './rescue-file.ts';

/** What of the work lies only on this tablet, and how safe it is there (SY24). */
export interface DataSafety {
  readonly readUnsent: () => Promise<UnsentWork>;
  /** The outbox as a file for the server; needs no network. */
  readonly makeRescueFile: () => Promise<RescueExport>;
  /** Null where the browser says nothing of its storage. */
  readonly storage: BrowserStorage | null;
}

/** Acts without a receipt. */
export interface UnsentWork {
  readonly acts: number;
  /** Device time of the oldest, epoch ms. */
  readonly oldestAt: number | null;
  /** Money that changed hands in them, as entered; null when none did. */
  readonly amountMinor: number | null;
  /** By name of the act, in the order they were first made. */
  readonly byAct: readonly { readonly name: string; readonly acts: number; readonly amountMinor: number | null }[];
}

/** The data safety of one workspace. */
export function createDataSafety(env: ClientEnv, session: KeptSession, outbox: Outbox): DataSafety {
  const { tenant, device, rescueKey } = session;
  return {
    readUnsent: async () => summariseUnsent(await outbox.pending()),
    makeRescueFile: () =>
      makeRescueFile({ tenantId: tenant.id, device, rescueKey, entries: () => outbox.from(1), now: env.now() }, env.sealText),
    storage: env.storageManager,
  };
}

/** Sums up acts without a receipt, oldest first. */
export function summariseUnsent(
  pending: readonly { readonly name: string; readonly madeAt: number; readonly args: Parameters<typeof actValueOf>[0] }[],
): UnsentWork {
  const byAct = new Map<string, { acts: number; amountMinor: number | null }>();
  let total: number | null = null;
  for (const { name, args } of pending) {
    const { amountMinor } = actValueOf(args);
    const sum = byAct.get(name) ?? { acts: 0, amountMinor: null };
    byAct.set(name, { acts: sum.acts + 1, amountMinor: plus(sum.amountMinor, amountMinor) });
    total = plus(total, amountMinor);
  }
  return {
    acts: pending.length,
    oldestAt: pending[0]?.madeAt ?? null,
    amountMinor: total,
    byAct: [...byAct].map(([name, sum]) => ({ name, ...sum })),
  };
}

function plus(sum: number | null, amountMinor: number | null): number | null {
  return amountMinor === null ? sum : (sum ?? 0) + amountMinor;
}
