import type { OpenWorkspace } from '#client/create-workspace.ts';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import type { Random } from '../support/random.ts';

/** An act to make. */
export type Act = { [Name in MutationName]: { readonly name: Name; readonly args: MutationArgs<Name> } }[MutationName];

/** Where an act is made, and what it may contain that no honest person would type. */
export interface Place {
  readonly workspace: OpenWorkspace;
  readonly random: Random;
  readonly hasPoison: boolean;
}

/** One of the records a tablet shows, if there is one. */
export async function any<Kind extends RecordKind>(
  { workspace, random }: Place,
  kind: Kind,
  isWanted: (body: RecordBody<Kind>) => boolean = () => true,
): Promise<RecordBody<Kind> | undefined> {
  const all = await workspace.readRecords(kind, {});
  return random.pick(all.filter(isWanted));
}

/** A session to work with; sometimes one that is closed already. */
export function anySession(place: Place) {
  const isCareless = place.random.chance(0.1);
  return any(place, 'cashSession', ({ status }) => status === 'open' || status === 'counting' || isCareless);
}
