import { z } from 'zod';
import { parseScan } from '#schema/domain/gs1.ts';
import { equivalentItemCodes, normaliseItemCode } from '#schema/domain/identifiers.ts';
import type { CancelTimer } from '#schema/env.ts';
import type { Item } from '#schema/records/item.ts';
import { RECORD_KINDS, type RecordKind } from '#schema/records/registry.ts';
import { pokeSchema } from '#schema/sync/messages.ts';
import type { Stored } from '#schema/working-set.ts';
import { runCommand } from './commands/run-command.ts';
import type { ClientEnv } from './env.ts';
import { askBackground, subjectsOf } from './explain-act.ts';
import { askOlderLines } from './ledger/older-lines.ts';
import { createDataSafety } from './safety/data-safety.ts';
import { ItemFeed } from './search/item-feed.ts';
import type { ItemSearch } from './search/worker-search.ts';
import { type KeptSession, renumberDevice, workspaceNameOf } from './session.ts';
import { DismissedActs } from './store/dismissed-acts.ts';
import { watchedStore } from './store/keyed-store.ts';
import { Outbox, outboxNameOf } from './store/outbox.ts';
import { bodyOf, OverlayStore } from './store/overlay-store.ts';
import { readQueue, readTrouble } from './store/read-queue.ts';
import { REPLICA_SHAPE, ReplicaSlots } from './store/replica-slots.ts';
import { followLeadership } from './sync/leader.ts';
import { SyncLoop, type SyncProgress } from './sync/sync-loop.ts';
import { WAKE_REASONS, type WakeReason } from './sync/sync-machine.ts';
import { Transport } from './sync/transport.ts';
import { type Topic, Watchers } from './watchers.ts';
import type { RecordFilter, SyncStatus, Workspace } from './workspace.ts';

/** Rows a list answers when the filter does not say. */
const LIST_LIMIT = 500;
/** A tab that died may have stored acts without telling: every tab looks this often (SY5). */
const LOOK_MS = 30_000;

/** A workspace that can be closed. */
export interface OpenWorkspace extends Workspace {
  readonly close: () => Promise<void>;
}

/**
 * Why a workspace cannot go on. `taken`: the browser took its store away; it can be opened again. `gone`: the store was cleared, or the server closed the
 * device, so the tablet must enrol anew (SY25). `renumbered`: the tablet has another number, and the kept session says it (SY8).
 */
export type WorkspaceEnd = 'taken' | 'gone' | 'renumbered';

const tabMessageSchema = z.union([
  z.strictObject({ kind: z.enum(['outbox', 'hello']) }),
  z.strictObject({ kind: z.literal('wake'), by: z.enum(WAKE_REASONS) }),
  z.strictObject({ kind: z.literal('replica'), items: z.union([z.literal('all'), z.array(z.string())]) }),
  z.strictObject({
    kind: z.literal('progress'),
    progress: z.custom<SyncProgress>((value) => typeof value === 'object' && value !== null),
  }),
]);
type TabMessage = z.infer<typeof tabMessageSchema>;

/**
 * Opens the workspace of a session: stores, overlay, leadership, sync. Needs no network. `onEnd` is called, maybe again and again, when it cannot go on.
 */
export async function createWorkspace(
  env: ClientEnv,
  session: KeptSession,
  search: ItemSearch,
  {
    onEnd = () => undefined,
    replicaShape = REPLICA_SHAPE,
  }: { readonly onEnd?: ((why: WorkspaceEnd) => void) | undefined; readonly replicaShape?: number | undefined } = {},
): Promise<OpenWorkspace> {
  const { tenant, device, user, role } = session;
  const name = workspaceNameOf(session);
  const outboxStore = watchedStore(await env.openStore(outboxNameOf(name)), () => onEnd('taken'));
  const outbox = new Outbox(env, outboxStore, device.id);
  const slots = await ReplicaSlots.open(env, name, replicaShape);
  const self = { deviceId: device.id, deviceNumber: device.number, sha256: env.sha256 };
  const overlay = new OverlayStore(self, outbox, slots);
  await overlay.refresh();
  const items = new ItemFeed(overlay, search);
  const tabs = env.channel(name);
  const watchers = new Watchers();
  const dismissed = new DismissedActs(env.local, name);
  let progress: SyncProgress = { connection: 'offline', activity: 'idle', snapshot: null, lastSuccessAt: null, lastError: null };
  let isLeader = false;
  let isOutdated = false;
  const follow = (next: SyncProgress) => {
    progress = next;
    isOutdated = next.connection === 'update_required' || (isOutdated && next.connection !== 'online');
    watchers.tell('progress');
  };

  /** Read again only when a receipt, the replica or a dismissal may have changed it: an own act that was just saved needs nobody. */
  let attention: Promise<number> | null = null;
  const changed = () => {
    attention = null;
    watchers.tell('outbox', ...RECORD_KINDS);
  };
  const outboxChanged = () => {
    attention = null;
    watchers.tell('outbox');
  };
  const tell = (message: TabMessage) => tabs.post(message);
  const loop = new SyncLoop(env, device, outbox, slots, {
    onGone: () => onEnd('gone'),
    onRenumbered: (number) => {
      renumberDevice(env, session, number);
      onEnd('renumbered');
    },
    onProgress: (next) => {
      follow(next);
      tell({ kind: 'progress', progress: next });
    },
    onOutbox: () => {
      tell({ kind: 'outbox' });
      outboxChanged();
    },
    onReplica: async (records) => {
      await overlay.refresh();
      const changedItems = records === 'all' ? records : records.filter(({ kind }) => kind === 'item').map(({ id }) => id);
      tell({ kind: 'replica', items: changedItems });
      if (records === 'all' || records.length > 0) changed();
      else outboxChanged();
      // The search follows in its own time; the next exchange need not wait for it.
      items.refresh(changedItems).catch(env.report);
    },
  });
  const wake = (by: WakeReason) => (isLeader ? loop.wake(by) : tell({ kind: 'wake', by }));
  const followReplica = async (changedItems: readonly string[] | 'all') => {
    await overlay.refresh();
    items.refresh(changedItems).catch(env.report);
  };
  const stopListening = tabs.listen((received) => {
    const message = tabMessageSchema.safeParse(received);
    if (!message.success) return;
    switch (message.data.kind) {
      case 'wake':
        if (isLeader) loop.wake(message.data.by);
        return;
      case 'hello':
        if (isLeader) tell({ kind: 'progress', progress });
        return;
      case 'progress':
        return follow(message.data.progress);
      case 'replica':
        followReplica(message.data.items).then(changed, env.report);
        return;
      case 'outbox':
        overlay.refresh().then(changed, env.report);
    }
  });
  let closeSocket: () => void = () => undefined;
  const stopLeading = followLeadership(env, slots.leadName, (leads) => {
    isLeader = leads;
    closeSocket();
    closeSocket = () => undefined;
    if (leads) {
      closeSocket = env.openSocket({
        onPoke: (poke) => {
          if (isNews(poke, overlay)) loop.wake('poke');
        },
        // Whatever was poked while it was away was missed.
        onConnect: () => loop.wake('poke'),
        onDisconnect: () => undefined,
      });
      loop.lead();
    } else loop.lose();
    watchers.tell('progress');
  });
  const lookAgain = () => {
    overlay.refresh().then((isNew) => isNew && changed(), env.report);
  };
  const stopWaking = env.onWake((by) => {
    lookAgain();
    wake(by);
  });
  let cancelLook: CancelTimer = () => undefined;
  const armLook = () => {
    cancelLook = env.schedule(LOOK_MS, () => {
      if (env.isVisible()) lookAgain();
      armLook();
    });
  };
  armLook();
  tell({ kind: 'hello' });
  items.refresh('all').catch(env.report);
  outbox.forgetOld().catch(env.report);
  slots.sweep().catch(env.report);

  const watch = <Value>(topics: readonly Topic[], read: () => Promise<Value>, onValue: (value: Value) => void) =>
    watchers.start(topics, read, onValue, env.report);
  const queryOf = ({ limit = LIST_LIMIT, ...where }: RecordFilter) => ({ ...where, limit });
  const readRecords = async <Kind extends RecordKind>(kind: Kind, where: RecordFilter) =>
    (await overlay.query(kind, queryOf(where))).map((stored) => bodyOf(kind, stored));
  const readRecord = async <Kind extends RecordKind>(kind: Kind, id: string) => {
    const stored = await overlay.read(kind, id);
    return stored ? bodyOf(kind, stored) : null;
  };
  const itemsOf = async (ids: readonly string[]): Promise<Item[]> =>
    (await overlay.readMany('item', ids)).map((stored) => bodyOf('item', stored));
  const status = async (): Promise<SyncStatus> => {
    attention ??= readTrouble(outbox, overlay, dismissed.all()).then(({ length }) => length);
    const unsent = await outbox.unsent();
    const base = overlay.base();
    return {
      ...progress,
      // A tab that has just been opened still knows when this tablet last heard of the server.
      lastSuccessAt: progress.lastSuccessAt ?? base?.contactAt ?? null,
      ...unsent,
      attention: await attention,
      isLeader,
      isOutdated,
      hasReplica: base !== null,
      keeps: base && { epoch: base.epoch, set: base.set, ledgersFrom: base.ledgersFrom },
      seq: base?.seq ?? 0,
    };
  };

  // Badge, notices and screens all watch it.
  const watchStatus = watchers.share(['progress', 'outbox'], status, env.report);

  return {
    tenant,
    device: { id: device.id, number: device.number, name: device.name },
    actor: { id: user.id, name: user.name, role },
    watchRecords: (kind, where, onRecords) => watch([kind], () => readRecords(kind, where), onRecords),
    watchRecord: (kind, id, onRecord) => watch([kind], () => readRecord(kind, id), onRecord),
    readRecord,
    readRecords,
    run: async (act, args) => {
      if (isOutdated) return { kind: 'refused', code: 'update_required', details: {} };
      const noteChanges = overlay.watchChanges();
      const result = await runCommand({ env, outbox, overlay, deviceId: device.id, actorId: () => user.id }, act, args);
      if (result.kind === 'saved') {
        const touched = noteChanges(result.mutation.n);
        // The badge first: it is what the person looks for.
        watchers.tell('outbox', ...(touched === null ? RECORD_KINDS : new Set(touched.map(({ kind }) => kind))));
        tell({ kind: 'outbox' });
        items.refresh(itemsAmong(touched ?? [...(overlay.overlay()?.records.values() ?? [])])).catch(env.report);
        wake('local');
      }
      return result;
    },
    searchItems: async (text, limit) => itemsOf(await search.search(text, limit)),
    findItemByCode: async (code) => {
      for (const candidate of codesOf(code, new Date(env.now()).toISOString().slice(0, 10))) {
        const id = await search.findByCode(candidate);
        if (id !== null) return readRecord('item', id);
      }
      return null;
    },
    watchSync: watchStatus,
    watchQueue: (limit, onQueue) =>
      watch(['outbox'], async () => readQueue(overlay, dismissed.all(), await outbox.newest(limit)), onQueue),
    watchTrouble: (onTrouble) => watch(['outbox'], () => readTrouble(outbox, overlay, dismissed.all()), onTrouble),
    watchAct: (n, onEntry) =>
      watch(['outbox'], async () => (await readQueue(overlay, dismissed.all(), await outbox.load([n])))[0] ?? null, onEntry),
    subjectsOf: (mutation) => subjectsOf(mutation, self),
    readOlderLines: (kind, parent, before) => askOlderLines(new Transport(env, device.token), { kind, parent, before }),
    askBackground: (question) => askBackground(env, question),
    dismiss: (n) => {
      dismissed.add(n);
      tell({ kind: 'outbox' });
      changed();
    },
    safety: createDataSafety(env, session, outbox),
    syncNow: () => wake('tap'),
    now: env.now,
    offsetMinutes: (timeZone) => env.zoneOffsetMinutes(timeZone, env.now()),
    close: async () => {
      stopWaking();
      cancelLook();
      stopLeading();
      closeSocket();
      stopListening();
      await loop.stop();
      search.close();
      tabs.close();
      // Whoever signs in next on this tab opens the same stores.
      await Promise.all([outboxStore.close(), slots.close()]);
    },
  };
}

function itemsAmong(records: readonly Stored[]): string[] {
  return records.filter(({ kind }) => kind === 'item').map(({ body }) => body.id);
}

function isNews(message: unknown, overlay: OverlayStore): boolean {
  const poke = pokeSchema.safeParse(message);
  const base = overlay.base();
  return poke.success && (base === null || poke.data.seq > base.seq || poke.data.epoch !== base.epoch);
}

/** The codes something scanned or typed may be found under, the likeliest first: a GS1 scan by its GTIN, anything else as it is. */
function codesOf(scanned: string, todayOn: string): string[] {
  const scan = parseScan(scanned, { todayOn });
  const normal = normaliseItemCode(scan.ok ? scan.value.gtin14 : scanned);
  return normal.ok ? [...equivalentItemCodes(normal.value).map(({ value }) => value), scanned] : [scanned];
}
