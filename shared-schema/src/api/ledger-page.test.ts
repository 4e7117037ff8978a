import { expect, test } from 'vitest';
import { RECORD_KINDS, RECORDS } from '../records/registry.ts';
import { LEDGER_PARENTS, ledgerPageRequestSchema } from './ledger-page.ts';

test('[SY17] the kinds that come for a window, and no others, can be asked for, by what they are listed under', () => {
  const windowed = RECORD_KINDS.filter((kind) => RECORDS[kind].monthsBy !== null);
  expect(Object.keys(LEDGER_PARENTS)).toEqual(windowed);
  expect(ledgerPageRequestSchema.shape.kind.options).toEqual(windowed);
  for (const [kind, field] of Object.entries(LEDGER_PARENTS)) {
    const project: (body: never) => { parent: string } = RECORDS[kind as keyof typeof LEDGER_PARENTS].project;
    expect(project({ [field]: 'the parent', occurredAt: 0 } as never).parent).toBe('the parent');
    expect(RECORDS[kind as keyof typeof LEDGER_PARENTS].monthsBy).toBe('occurredAt');
  }
});
