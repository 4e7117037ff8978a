import type { Judgement } from '#schema/decide-acts.ts';
import { recordIdOf } from '#schema/ids.ts';
import type { MutationName } from '#schema/mutations/registry.ts';
import type { RecordBody, RecordKind } from '#schema/records/registry.ts';
import type { Receipt } from '#schema/sync/receipt.ts';
import type { TestTenant } from '#schema/testing/test-tenant.ts';

/** Letter of a tablet: its acts are named A1, A2 … in the order it made them. */
export type Letter = 'A' | 'B' | 'C';

/** Tablet ids and printed numbers. The office made the common past. */
export const OFFICE = 'aaaaaaaaaa00';
export const TABLETS: Readonly<Record<Letter, string>> = { A: 'aaaaaaaaaa0a', B: 'aaaaaaaaaa0b', C: 'aaaaaaaaaa0c' };

/** Id of the `k`-th record that an act such as `A2` makes. */
export function madeBy(act: string, k: number | string = 0): string {
  return recordIdOf(TABLETS[act.charAt(0) as Letter], Number(act.slice(1)), k);
}

/** Reads what a tablet shows. */
export type See = <Kind extends RecordKind>(kind: Kind, id: string) => RecordBody<Kind>;

/** One act as somebody makes it: at a moment of true time, with arguments that may come from what the tablet shows. */
export interface CaseAct {
  readonly name: MutationName;
  readonly args: object | ((see: See) => object);
  readonly by: string;
  readonly at: number;
}

/** A tablet that is offline from the common past on. */
export interface CaseTablet {
  readonly acts: readonly CaseAct[];
  /** What its clock shows more than the true time; it measured that at its last contact unless `isMeasured` is false. */
  readonly clockErrorMs?: number;
  readonly isMeasured?: boolean;
  /** When it was last in contact; default: in the morning. */
  readonly lastContactAt?: number;
}

/** Everything a case's expectations look at. */
export interface CaseEnd {
  /** Acts in the order in which the server took them. */
  readonly order: readonly string[];
  /** Whether one act reached the server before another. */
  readonly isBefore: (one: string, other: string) => boolean;
  readonly receipt: (act: string) => Receipt;
  readonly get: <Kind extends RecordKind>(kind: Kind, id: string) => RecordBody<Kind>;
  readonly all: <Kind extends RecordKind>(kind: Kind) => RecordBody<Kind>[];
  /** The open task that an act raised for a manager, or null. */
  readonly task: (act: string) => RecordBody<'exception'> | null;
  /** What the tablet expected when it made the act. */
  readonly foreseen: (act: string) => Judgement['receipt'];
}

/** One case, set up. */
export interface CaseScript {
  /** The common past; made by the `OFFICE`. */
  readonly base: TestTenant;
  readonly tablets: Partial<Readonly<Record<Letter, CaseTablet>>>;
  /** Names what of the order of arrival the outcome may depend on; orders of one name must end alike. Default: nothing. */
  readonly dependsOn?: (isBefore: CaseEnd['isBefore']) => string;
  readonly expect: (end: CaseEnd) => void;
}
