import { expect, test } from 'vitest';
import { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import { testSha256 } from '../testing/test-tenant.ts';
import * as messages from './messages.ts';
import { mutationSchema } from './mutation.ts';
import { receiptSchema } from './receipt.ts';

/**
 * What the wire of each protocol version looks like, as the start of a hash over its schemas. When the test below breaks, the wire has changed:
 * was this version in a release already, raise `PROTOCOL_VERSION`, add a line, and think of `PROTOCOL_OLDEST`; if not, put the hash it received into
 * this version's line.
 */
const WIRE_BY_VERSION: Readonly<Record<number, string>> = {
  2: '65d190d2752f283b',
};

test('[SY13] the wire of this protocol version is the one that was noted', () => {
  const schemas = Object.entries({ ...messages, mutationSchema, receiptSchema }).flatMap(([name, value]) =>
    value instanceof z.ZodType ? [[name, z.toJSONSchema(value, { io: 'input', unrepresentable: 'any' })] as const] : [],
  );
  expect(schemas.length).toBeGreaterThan(15);
  const wire = testSha256(canonicalJson(z.record(z.string(), z.json()).parse(Object.fromEntries(schemas)))).slice(0, 16);
  expect({ version: messages.PROTOCOL_VERSION, wire }).toEqual({
    version: messages.PROTOCOL_VERSION,
    wire: WIRE_BY_VERSION[messages.PROTOCOL_VERSION],
  });
});
