import { expect, test } from 'vitest';
import { AssertionError, assert, assertNever } from './assert.ts';
import { err, ok } from './result.ts';

test('assert throws only when the condition is broken', () => {
  expect(() => assert(true, 'never')).not.toThrow();
  expect(() => assert(false, 'sum must be zero')).toThrow(new AssertionError('sum must be zero'));
});

test('assertNever names the value that escaped its type', () => {
  const escaped: unknown = 'later';
  expect(() => assertNever(escaped as never)).toThrow('"later"');
});

test('a result is told apart by ok', () => {
  expect(ok(1)).toEqual({ ok: true, value: 1 });
  expect(err({ code: 'x' })).toEqual({ ok: false, error: { code: 'x' } });
});
