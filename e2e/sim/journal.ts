import { canonicalJson } from '#schema/canonical-json.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import type { Act } from './place.ts';

/** What people did, written down outside the program under test: what they tried, and what showed "saved". */
export class Journal {
  /** `(device, n)` of everything that showed "saved", with its hash. */
  readonly saved: Mutation[] = [];
  /** How often each act, by device and content, was asked for: no more of it may ever be in the log. */
  readonly attempts = new Map<string, number>();
  /** What was seen wrong while the seed ran. */
  readonly problems: string[] = [];

  attempt(deviceId: string, { name, args }: Act): void {
    const content = contentOf(deviceId, name, args);
    this.attempts.set(content, (this.attempts.get(content) ?? 0) + 1);
  }
}

/** What makes an act that act, without its number and time. */
export function contentOf(deviceId: string, name: string, args: unknown): string {
  return `${deviceId} ${name} ${canonicalJson(args)}`;
}
