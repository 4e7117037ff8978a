import assert from 'node:assert/strict';
import { type Json } from '#schema/canonical-json.ts';
import type { Judgement } from '#schema/decide-acts.ts';
import { MUTATIONS } from '#schema/mutations/registry.ts';
import { OverlayFold } from '#schema/overlay.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import { CHAIN_START, chainMutation, type Mutation } from '#schema/sync/mutation.ts';
import { testSha256 } from '#schema/testing/test-tenant.ts';
import type { Stored } from '#schema/working-set.ts';
import { type CaseAct, type CaseTablet, type Letter, type See, TABLETS } from './case-script.ts';
import type { MemoryRecords } from './memory-tenant.ts';

/** Printed numbers of the tablets. */
export const NUMBERS: Readonly<Record<Letter, number>> = { A: 1, B: 2, C: 3 };

/** A tablet with the acts it made offline. */
export class Tablet {
  readonly letter: Letter;
  readonly script: CaseTablet;
  readonly outbox: Mutation[] = [];
  readonly foreseen: Judgement['receipt'][] = [];

  private constructor(letter: Letter, script: CaseTablet) {
    this.letter = letter;
    this.script = script;
  }

  get id(): string {
    return TABLETS[this.letter];
  }

  get device() {
    return { deviceId: this.id, deviceNumber: NUMBERS[this.letter], sha256: testSha256 };
  }

  /** Makes a tablet's acts one after another over its overlay of the base. What it would not let a person save breaks the case. */
  static async make(letter: Letter, script: CaseTablet, base: MemoryRecords): Promise<Tablet> {
    const tablet = new Tablet(letter, script);
    const fold = new OverlayFold(tablet.device, base);
    const names = new Map(base.entries());
    for (const act of script.acts) {
      const see: See = (kind, id) => bodyOf(kind, id, fold.overlay().records.get(`${kind}/${id}`) ?? names.get(`${kind}/${id}`));
      const args = typeof act.args === 'function' ? act.args(see) : act.args;
      const mutation = tablet.#chain(act, args);
      const { receipt } = await fold.add(mutation);
      assert.doesNotMatch(receipt.verdict, /refused|quarantined/, `${letter}${mutation.n} ${JSON.stringify(receipt)}`);
      tablet.outbox.push(mutation);
      tablet.foreseen.push(receipt);
    }
    return tablet;
  }

  #chain(act: CaseAct, args: object): Mutation {
    const { clockErrorMs = 0, isMeasured = true } = this.script;
    const wire = {
      deviceId: this.id,
      n: this.outbox.length + 1,
      name: act.name,
      version: MUTATIONS.get(act.name)?.version ?? 1,
      actorId: act.by,
      madeAt: act.at + clockErrorMs,
      madeAtSkewMs: isMeasured ? clockErrorMs : null,
      businessOn: new Date(act.at).toISOString().slice(0, 10),
      basis: 0,
      args: JSON.parse(JSON.stringify(args)) as Record<string, Json>,
    };
    return chainMutation(wire, this.outbox.at(-1)?.hash ?? CHAIN_START, testSha256);
  }
}

/** The body, or an error that names what is not there. */
export function bodyOf<Kind extends RecordKind>(kind: Kind, id: string, stored: Stored | undefined): RecordBody<Kind> {
  if (stored?.kind !== kind) throw new Error(`no ${kind} ${id}`);
  return stored.body as RecordBody<Kind>;
}
