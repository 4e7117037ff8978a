/** Where a value cannot be stored as it is, and why. */
export interface Unstorable {
  /** Path to the value, e.g. `lines.0.note`; empty for the root. */
  readonly path: string;
  readonly problem: 'null_character' | 'lone_surrogate' | 'unsafe_number' | 'too_deep' | 'not_json';
}

/** Deepest nesting of arrays and objects that is accepted. */
export const JSON_DEPTH_MAX = 16;

/**
 * Finds the first value that Postgres `jsonb` or JSON cannot hold unchanged: U+0000, lone surrogates, numbers outside the
 * safe integers (the domain knows only integers), nesting deeper than `JSON_DEPTH_MAX`. `null` when all can be stored.
 * Source: SY3.
 */
export function findUnstorable(value: unknown, path = '', depth = 0): Unstorable | null {
  if (value === null || value === undefined || typeof value === 'boolean') return null;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? null : { path, problem: 'unsafe_number' };
  if (typeof value === 'string') return problemOfText(value, path);
  if (typeof value !== 'object') return { path, problem: 'not_json' };
  if (depth >= JSON_DEPTH_MAX) return { path, problem: 'too_deep' };
  for (const [name, child] of Object.entries(value)) {
    const childPath = path === '' ? name : `${path}.${name}`;
    const found = problemOfText(name, childPath) ?? findUnstorable(child, childPath, depth + 1);
    if (found) return found;
  }
  return null;
}

function problemOfText(text: string, path: string): Unstorable | null {
  if (text.includes('\u0000')) return { path, problem: 'null_character' };
  return text.isWellFormed() ? null : { path, problem: 'lone_surrogate' };
}
