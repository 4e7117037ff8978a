import { canonicalJson, type Json } from '#schema/canonical-json.ts';
import { type Judgement, prepareAct } from '#schema/decide-acts.ts';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import { MUTATIONS } from '#schema/mutations/registry.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import { computeBusinessDate } from '#schema/time.ts';
import type { ClientEnv } from '../env.ts';
import { StorageFull } from '../store/keyed-store.ts';
import { type Outbox, OutboxCleared } from '../store/outbox.ts';
import type { OverlayStore } from '../store/overlay-store.ts';
import type { CommandResult } from '../workspace.ts';

/** What a command needs of the tab it runs in. */
export interface CommandDeps {
  readonly env: ClientEnv;
  readonly outbox: Outbox;
  readonly overlay: OverlayStore;
  readonly deviceId: string;
  readonly actorId: () => string;
}

/**
 * Makes an act: checks its arguments, foresees the verdict of a decision, stores it durably, folds it in (SY2, SY3). See `CommandResult`.
 */
export async function runCommand<Name extends MutationName>(
  deps: CommandDeps,
  name: Name,
  args: MutationArgs<Name>,
): Promise<CommandResult> {
  const definition = MUTATIONS.get(name);
  if (!definition) throw new Error(`there is no act ${name}`);
  const prepared = prepareAct(name, definition.version, args);
  if ('code' in prepared) {
    const { field, problem } = prepared.details;
    return {
      kind: 'invalid',
      field: typeof field === 'string' ? field : '',
      problem: typeof problem === 'string' ? problem : prepared.code,
    };
  }
  try {
    const content = await contentOf(deps, name, definition.version, args);
    let refused: Judgement['receipt'] | null = null;
    const stored = await deps.overlay.append((foresee) =>
      deps.outbox.append(content, async (chained) => {
        const { receipt } = await foresee(chained);
        refused = receipt.verdict === 'refused' ? receipt : null;
        return refused === null;
      }),
    );
    if (stored) return { kind: 'saved', mutation: stored.mutation, expected: stored.judgement.receipt };
    return refusal(refused);
  } catch (error) {
    // Nothing was stored: what fails after the storing does not get here.
    if (!(error instanceof Error)) throw error;
    return { kind: 'not_saved', reason: reasonOf(error), message: error.message };
  }
}

function reasonOf(error: Error): 'quota' | 'cleared' | 'storage' {
  if (error instanceof StorageFull) return 'quota';
  return error instanceof OutboxCleared ? 'cleared' : 'storage';
}

function refusal(receipt: Judgement['receipt'] | null): CommandResult {
  return { kind: 'refused', code: receipt?.codes[0] ?? 'refused', details: receipt?.details ?? {} };
}

async function contentOf(
  deps: CommandDeps,
  name: string,
  version: number,
  args: unknown,
): Promise<Omit<Mutation, 'deviceId' | 'n' | 'prev' | 'hash'>> {
  const { env, overlay } = deps;
  const madeAt = env.now();
  const base = overlay.base();
  const shop = await overlay.readKnown('shop', 'shop');
  const { timeZone, cutOffMinutes } = shop?.kind === 'shop' ? shop.body : { timeZone: 'UTC', cutOffMinutes: 0 };
  const businessOn = computeBusinessDate({ atMs: madeAt, offsetMinutes: env.zoneOffsetMinutes(timeZone, madeAt), cutOffMinutes });
  return {
    name,
    version,
    actorId: deps.actorId(),
    madeAt,
    madeAtSkewMs: base?.skewMs ?? null,
    businessOn,
    basis: base?.seq ?? 0,
    args: copyOf(args),
  };
}

/** What JSON keeps of the arguments, in a copy: nobody can change the act after it was decided. */
function copyOf(args: unknown): Record<string, Json> {
  return JSON.parse(canonicalJson(args));
}
