import { Button, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '../i18n/i18n-context.tsx';
import type { CommandResult } from '../workspace.ts';
import { MoneyInput } from './money-input.tsx';
import { Outcome } from './outcome.tsx';
import { useEntry } from './use-entry.ts';

/** What somebody entered about cash that moved. `reference` null when left empty. */
export interface EnteredCash<Choice extends string> {
  readonly choice: Choice;
  readonly amountMinor: number;
  readonly reference: string | null;
  readonly note: string;
}

/** Asks for one movement of cash: what or whither, how much, under which number. What was entered stays until it is saved. */
export function CashEntry<Choice extends string>(props: {
  readonly choiceLabel: string;
  readonly choices: readonly { readonly value: Choice; readonly label: string }[];
  /** Null asks for no reference. */
  readonly referenceLabel: string | null;
  readonly submitLabel: string;
  readonly onRecord: (entered: EnteredCash<Choice>) => Promise<CommandResult>;
  readonly saved: (result: Extract<CommandResult, { kind: 'saved' }>) => string;
}) {
  const { t } = useI18n();
  const [choice, setChoice] = useState<Choice | null>(null);
  const [amountMinor, setAmountMinor] = useState<number | null>(null);
  const [reference, setReference] = useState('');
  const [note, setNote] = useState('');
  const entry = useEntry(() => {
    setAmountMinor(null);
    setReference('');
    setNote('');
  });
  const chosen = choice ?? props.choices[0]?.value ?? null;
  const record = async () => {
    if (amountMinor === null || chosen === null) return;
    const entered = { choice: chosen, amountMinor, reference: reference.trim() === '' ? null : reference.trim(), note };
    await entry.save(() => props.onRecord(entered));
  };
  const { result } = entry;
  return (
    <Stack maw={480}>
      <Select
        label={props.choiceLabel}
        data={[...props.choices]}
        value={chosen}
        onChange={(value) => setChoice(props.choices.find((one) => one.value === value)?.value ?? null)}
        allowDeselect={false}
      />
      <MoneyInput key={entry.number} label={t('counter.movementAmount')} onChange={setAmountMinor} />
      {props.referenceLabel !== null && (
        <TextInput
          label={props.referenceLabel}
          value={reference}
          maxLength={64}
          onChange={({ currentTarget }) => setReference(currentTarget.value)}
        />
      )}
      <TextInput
        label={t('counter.note')}
        value={note}
        maxLength={1_000}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
      />
      <Button disabled={amountMinor === null || amountMinor <= 0 || chosen === null} onClick={() => void record()}>
        {props.submitLabel}
      </Button>
      {result?.kind === 'saved' ? <Outcome result={result} saved={props.saved(result)} /> : <Outcome result={result} />}
    </Stack>
  );
}
