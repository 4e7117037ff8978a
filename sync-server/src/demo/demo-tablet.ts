import { recordIdOf } from '#schema/ids.ts';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import { CHAIN_START, chainMutation, mutationSchema, toWire } from '#schema/sync/mutation.ts';
import { enrolDevice } from '../apply/tenants.ts';
import { businessDateOf } from '../business-date.ts';
import { DEMO_PLACE, DEMO_TENANT_ID, type DemoDeps } from './demo-place.ts';

/** A tablet of the demo pharmacy: its acts pass the door as any tablet's do. */
export class DemoTablet {
  readonly #deps: DemoDeps;
  readonly #deviceId: string;
  #n = 0;
  #prev = CHAIN_START;

  private constructor(deps: DemoDeps, deviceId: string) {
    this.#deps = deps;
    this.#deviceId = deviceId;
  }

  static async enrol(deps: DemoDeps, name: string, enrolledBy: string): Promise<DemoTablet> {
    const businessOn = businessDateOf(DEMO_PLACE, deps.env.now());
    const { deviceId } = await enrolDevice(deps, DEMO_TENANT_ID, { name, set: 'office', enrolledBy, businessOn });
    return new DemoTablet(deps, deviceId);
  }

  /**
   * One act of a member now, sent at once. Answers the id of its first record. Throws when it is refused or quarantined: then the demo
   * no longer fits the rules.
   */
  async act<Name extends MutationName>(actorId: string, name: Name, args: MutationArgs<Name>): Promise<string> {
    const { env, door } = this.#deps;
    const n = this.#n + 1;
    const now = env.now();
    const wire = {
      deviceId: this.#deviceId,
      n,
      name,
      version: 1,
      actorId,
      madeAt: now,
      madeAtSkewMs: 0,
      businessOn: businessDateOf(DEMO_PLACE, now),
      basis: 0,
      args: mutationSchema.shape.args.parse(args),
    };
    const mutation = chainMutation(wire, this.#prev, env.sha256);
    const outcome = await door.submit(DEMO_TENANT_ID, {
      kind: 'push',
      deviceId: this.#deviceId,
      received: [toWire(mutation)],
      lastHash: mutation.hash,
    });
    const receipt = outcome.kind === 'receipts' ? outcome.receipts[0] : undefined;
    if (!receipt || receipt.verdict === 'refused' || receipt.verdict === 'quarantined')
      throw new Error(`the demo's ${name} was not kept: ${JSON.stringify(receipt ?? outcome)}`);
    this.#n = n;
    this.#prev = mutation.hash;
    return recordIdOf(this.#deviceId, n, 0);
  }
}
