/**
 * The outcome of something that may be refused for an expected reason. Broken invariants throw instead (see `assert.ts`).
 * `E` is usually `{ code: 'snake_case_fact', … }`.
 */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** The accepted outcome carrying `value`. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** The refused outcome carrying `error`. */
export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}
