import { expect } from 'vitest';
import type { RecordBody } from '#schema/records/registry.ts';
import type { Workspace } from '../workspace.ts';

/** Everything a watcher was told, and the newest of it. */
export function follow<Value>(watch: (onValue: (value: Value) => void) => unknown): {
  seen: Value[];
  last: () => Value | undefined;
} {
  const seen: Value[] = [];
  watch((value) => seen.push(value));
  return { seen, last: () => seen.at(-1) };
}

/** Adds tills, each an act that needs nothing before it. */
export async function addTills(workspace: Workspace, names: readonly string[]): Promise<void> {
  for (const name of names) expect((await workspace.run('till.add', { name })).kind).toBe('saved');
}

/** Names of tills in order. */
export function tillNames(tills: readonly RecordBody<'till'>[]): string[] {
  return tills.map(({ name }) => name).sort();
}
