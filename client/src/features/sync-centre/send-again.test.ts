import { describe, expect, test } from 'vitest';
import { FAKE_NOW } from '../../testing/fake-workspace.ts';
import type { CommandResult, QueueEntry } from '../../workspace.ts';
import { type EditableValue, editableValuesOf, withValue } from './editable-values.ts';
import { choicesForMine, explainEntry, type OutcomeKind } from './explanation.ts';
import { overPresent, sendAgain, withRenamedIds } from './send-again.ts';

const DEVICE = 'aaaaaaaaaa02';

describe('[SY23] the same edit over what is there now', () => {
  const args = { itemId: 'i', changes: { name: { from: 'a', to: 'b' }, packPriceMinor: { from: 250, to: 275 } } };

  test('goes from the present values to the wanted ones', () => {
    expect(overPresent(args, { name: 'c', packPriceMinor: 250 })).toEqual({
      itemId: 'i',
      changes: { name: { from: 'c', to: 'b' }, packPriceMinor: { from: 250, to: 275 } },
    });
  });

  test('leaves out what already is as wanted, and what is not asked for', () => {
    expect(overPresent(args, { name: 'b', packPriceMinor: 260 })).toMatchObject({ changes: { packPriceMinor: { from: 260 } } });
    expect(overPresent(args, { name: 'c', packPriceMinor: 260 }, ['name'])?.changes).toEqual({ name: { from: 'c', to: 'b' } });
    expect(overPresent(args, { name: 'b', packPriceMinor: 275 })).toBeNull();
  });

  test('names the acts behind a protecting value as it is shown now (case 17)', () => {
    const clearing = { itemId: 'i', changes: { coldChain: { from: true, to: false, setBy: ['aaaaaaaaaa02-1'] } } };
    const edits = [{ field: 'coldChain', by: 'max', at: 1, act: 'aaaaaaaaaa01-7' }];
    expect(overPresent(clearing, { coldChain: true, edits })?.changes).toEqual({
      coldChain: { from: true, to: false, setBy: ['aaaaaaaaaa01-7'] },
    });
  });

  test('keeps what was seen where the record is not here, and leaves other acts alone', () => {
    expect(overPresent(args, null)).toEqual(args);
    expect(overPresent({ itemId: 'i' }, { name: 'x' })).toEqual({ itemId: 'i' });
  });
});

test('[SY23] ids that a resent act makes anew are renamed in the acts that rest on it, and in no other place', () => {
  const args = { stepId: `${DEVICE}-4-0`, list: [`${DEVICE}-4-1`, `${DEVICE}-44-0`], other: 'aaaaaaaaaa01-4-0', note: 'about 4' };
  expect(withRenamedIds(args, DEVICE, new Map([[4, 9]]))).toEqual({
    stepId: `${DEVICE}-9-0`,
    list: [`${DEVICE}-9-1`, `${DEVICE}-44-0`],
    other: 'aaaaaaaaaa01-4-0',
    note: 'about 4',
  });
});

test('[SY23] sending again stops at the first act that is not saved; only what was saved is put aside', async () => {
  const answers: CommandResult[] = [savedAs(10), { kind: 'refused', code: 'step_not_found', details: {} }];
  const dismissed: number[] = [];
  const result = await sendAgain(
    { run: async () => answers.shift() ?? savedAs(99), dismiss: (n) => dismissed.push(n) },
    { name: 'item.archive', n: 1, deviceId: DEVICE },
    {},
    [entryOf({}, 3), entryOf({}, 2)],
  );
  expect(result).toMatchObject({ kind: 'refused', code: 'step_not_found' });
  expect(dismissed).toEqual([1]);
});

test('[SY23] an act of a version nobody here knows is not sent', async () => {
  const run = async () => savedAs(1);
  const act = { name: 'brand.new', n: 1, deviceId: DEVICE };
  expect(await sendAgain({ run, dismiss: () => undefined }, act, {})).toMatchObject({
    kind: 'refused',
    code: 'unknown_mutation',
  });
});

test.each<[OutcomeKind, Partial<QueueEntry>, string[]]>([
  ['fine', { receipt: receipt('applied', []) }, []],
  ['merged', { receipt: receipt('merged', ['field_conflict']) }, ['use_mine', 'keep_theirs', 'edit', 'ask_manager']],
  ['refused', { receipt: receipt('refused', ['item_not_found']) }, ['use_mine', 'edit', 'keep_theirs', 'ask_manager']],
  ['refused', { receipt: receipt('refused', ['reconciliation_changed']) }, ['keep_theirs', 'ask_manager']],
  ['depends_on', { receipt: receipt('refused', ['depends_on']) }, ['edit', 'keep_theirs', 'ask_manager']],
  ['flagged', { receipt: receipt('flagged', ['below_zero']) }, ['read', 'ask_manager']],
  ['quarantined', { receipt: receipt('quarantined', ['invalid_args']) }, ['edit', 'read', 'ask_manager']],
  ['forked', { receipt: receipt('quarantined', ['forked']) }, ['read', 'ask_manager']],
  ['will_be_refused', { expected: receipt('refused', ['item_not_found']) }, ['use_mine', 'edit', 'keep_theirs', 'ask_manager']],
  ['will_conflict', { expected: receipt('merged', ['field_conflict']) }, ['use_mine', 'keep_theirs', 'edit', 'ask_manager']],
])('[SY23] %s offers only what is safe', (outcome, entry, choices) => {
  const explanation = explainEntry({ ...entryOf({}, 1), needsMe: outcome !== 'fine', ...entry }, []);
  expect([explanation.outcome, choicesForMine(explanation)]).toEqual([outcome, choices]);
  expect(choicesForMine({ ...explanation, state: 'put_aside' })).toEqual([]);
});

test('[SY23] the plain values of an act can be typed anew: money, whole numbers, dates, words of the program, not ids', () => {
  const args = {
    sessionId: 's',
    type: 'CASH_IN',
    methodId: 'cash',
    amountMinor: 500,
    note: 'milk',
    reference: null,
    witnessId: null,
  };
  const kinds = editableValuesOf('cashMovement.record', args).map(({ field, kind }: EditableValue) => [field, kind]);
  expect(kinds).toEqual([
    ['type', 'choice'],
    ['amountMinor', 'money'],
    ['note', 'text'],
    ['reference', 'text'],
  ]);
  const edit = { itemId: 'i', changes: { schedule: { from: 'none', to: 'list_1' }, coldChain: { from: false, to: true } } };
  const found = editableValuesOf('item.edit', edit);
  expect(found.map(({ path, kind, value }) => [path.join('.'), kind, value])).toEqual([
    ['changes.schedule.to', 'choice', 'list_1'],
    ['changes.coldChain.to', 'boolean', true],
  ]);
  expect(withValue(edit, found[0]?.path ?? [], 'narcotic')).toMatchObject({
    changes: { schedule: { from: 'none', to: 'narcotic' } },
  });
  const lines = {
    reference: null,
    lines: [
      { units: 3, expiryOn: '2027-01-31' },
      { units: 4, expiryOn: null },
    ],
  };
  const second = editableValuesOf('stock.receive', lines).find(({ path }) => path.join('.') === 'lines.1.units');
  expect(withValue(lines, second?.path ?? [], 5)).toMatchObject({ lines: [{ units: 3 }, { units: 5 }] });
});

function receipt(verdict: 'applied' | 'merged' | 'refused' | 'flagged' | 'quarantined', codes: string[]) {
  return { n: 1, verdict, seq: 1, codes, details: {}, conflicts: [] };
}

function entryOf(args: QueueEntry['mutation']['args'], n: number): QueueEntry {
  return {
    mutation: {
      deviceId: DEVICE,
      n,
      name: 'item.archive',
      version: 1,
      actorId: 'ana',
      madeAt: FAKE_NOW,
      madeAtSkewMs: 0,
      businessOn: '2026-11-23',
      basis: 1,
      args,
      prev: '',
      hash: '',
    },
    stage: 'saved',
    verdict: null,
    receipt: null,
    expected: null,
    exception: null,
    needsMe: false,
  };
}

function savedAs(n: number): CommandResult {
  return { kind: 'saved', mutation: entryOf({}, n).mutation, expected: receipt('applied', []) };
}
