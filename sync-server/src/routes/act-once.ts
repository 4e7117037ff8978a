import type { Request } from 'express';
import { canonicalJson } from '#schema/canonical-json.ts';
import { recordIdOf } from '#schema/ids.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import { type Acting, actAs, type ChannelAct } from '../apply/act-as.ts';
import { TenantBusy } from '../apply/door.ts';
import type { Identity } from '../auth/sessions.ts';
import { claimKey, findActOfKey, KEY_PENDING_MS, type KeyClaim, releaseKey, settleKey } from '../db/idempotency-keys.ts';
import type { Deps } from '../deps.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { actingAs } from './acting.ts';
import { refuseUnlessKept } from './refused-act.ts';

/** Characters of an Idempotency-Key. */
const KEY_PATTERN = /^[!-~]{1,128}$/;

/** An act of a route that was kept, and the id of the first record it made. */
export interface KeptAct {
  readonly id: string;
  readonly receipt: Receipt;
}

/**
 * One act of a member through the channel `api`. With an `Idempotency-Key` header a repeat within a day answers the first receipt and nothing happens
 * twice, also when the first answer was lost or the server died in between.
 * Errors, in order: `invalid_request` (the key), `idempotency_key_reused`, `idempotency_in_progress`, those of `refuseUnlessKept`.
 */
export async function actOnce(deps: Deps, request: Request, identity: Identity, act: ChannelAct): Promise<KeptAct> {
  const acting = await actingAs(deps, identity, 'api');
  const claim = claimOf(deps, request, acting, act);
  const receipt = claim === null ? await actNow(deps, acting, act) : await actUnderKey(deps, claim, acting, act);
  refuseUnlessKept(receipt);
  return { id: recordIdOf(acting.deviceId, receipt.n, 0), receipt };
}

async function actNow(deps: Deps, acting: Acting, act: ChannelAct): Promise<Receipt> {
  const { receipts } = await actAs(deps.door, acting, [act]);
  const [receipt] = receipts;
  if (!receipt) throw new Error(`the act ${act.name} came without a receipt`);
  return receipt;
}

function claimOf(deps: Deps, request: Request, acting: Acting, act: ChannelAct): KeyClaim | null {
  const key = request.header('idempotency-key');
  if (key === undefined) return null;
  if (!KEY_PATTERN.test(key)) {
    const remedy = 'Give 1 to 128 printable characters without spaces.';
    throw new HttpProblem('invalid_request', { errors: [{ field: 'Idempotency-Key', problem: 'is not readable', remedy }] });
  }
  const requestHash = deps.env.sha256(canonicalJson({ actorId: acting.actorId, name: act.name, args: act.args }));
  return { tenantId: acting.tenantId, key, requestHash, at: deps.env.now() };
}

async function actUnderKey(deps: Deps, claim: KeyClaim, acting: Acting, act: ChannelAct): Promise<Receipt> {
  const state = await claimKey(deps.pool, claim);
  switch (state.kind) {
    case 'done':
      return state.receipt;
    case 'reused':
      throw new HttpProblem('idempotency_key_reused');
    case 'pending': {
      if (claim.at - state.since < KEY_PENDING_MS) throw new HttpProblem('idempotency_in_progress', { retryAfterS: 1 });
      const { deviceId, actorId, tenantId } = acting;
      const sought = { deviceId, actorId, name: act.name, argsJson: JSON.stringify(act.args), since: state.since };
      const found = await findActOfKey(deps.pool, tenantId, sought);
      if (found === null) await releaseKey(deps.pool, claim, state.since);
      else await settleKey(deps.pool, claim, found);
      return found ?? actUnderKey(deps, claim, acting, act);
    }
    case 'claimed': {
      // Left pending when it fails in the middle: whether it was kept is then looked up in the log. Overload is told before any work.
      const receipt = await actNow(deps, acting, act).catch(async (error: unknown) => {
        if (error instanceof TenantBusy) await releaseKey(deps.pool, claim, claim.at);
        throw error;
      });
      await settleKey(deps.pool, claim, receipt);
      return receipt;
    }
  }
}
