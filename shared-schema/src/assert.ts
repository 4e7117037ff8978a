/** A broken invariant: a fault of the program, never of the person using it. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws `AssertionError` with `message` unless `condition` holds. For invariants, not for checking input. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Closes an exhaustive switch: the compiler refuses a forgotten case, and a value from outside the type throws. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value: ${JSON.stringify(value)}`);
}
