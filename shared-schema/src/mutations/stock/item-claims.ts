import { type Claim, identifierClaimId } from '../../records/claim.ts';
import type { Identifier } from '../../records/item.ts';
import { key, put, type RecordKey, type RecordReader, type Write } from '../define.ts';

/** Keys of the claims on these codes. */
export function claimReads(identifiers: readonly Identifier[]): RecordKey[] {
  return identifiers.map((identifier) => key('claim', identifierClaimId(identifier)));
}

/** Codes of items as one act moves them about: one code belongs to one item (I1). Each claim is read once and written once. */
export class ItemClaims {
  readonly #records: RecordReader;
  readonly #changed = new Map<string, Claim>();

  constructor(records: RecordReader) {
    this.#records = records;
  }

  /** The item that holds a code, or null. The claim's key must be declared. */
  holderOf(identifier: Identifier): string | null {
    const id = identifierClaimId(identifier);
    return (this.#changed.get(id) ?? this.#records.get('claim', id))?.holderId ?? null;
  }

  /** Codes of a list that another item holds. */
  takenBy(identifiers: readonly Identifier[], itemId: string): Identifier[] {
    return identifiers.filter((identifier) => {
      const holderId = this.holderOf(identifier);
      return holderId !== null && holderId !== itemId;
    });
  }

  /** Gives a code to an item, or to nobody. */
  assign(identifier: Identifier, holderId: string | null): void {
    const id = identifierClaimId(identifier);
    if (this.holderOf(identifier) !== holderId) this.#changed.set(id, { id, holderId });
  }

  /** The claims that changed. */
  writes(): Write[] {
    return [...this.#changed.values()].map((claim) => put('claim', claim));
  }
}

/** A list of codes without repeats, in order. */
export function uniqueIdentifiers(identifiers: readonly Identifier[]): Identifier[] {
  return [...new Map(identifiers.map((identifier) => [identifierClaimId(identifier), identifier])).values()];
}
