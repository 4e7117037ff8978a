import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { parseAmountMinor } from '#schema/money.ts';
import { useI18n } from '../i18n/i18n-context.tsx';

/** An amount typed in the shop's currency; null while it is empty or not an amount. Never pre-filled by itself. */
export function MoneyInput({
  label,
  onChange,
  initial = '',
  allowNegative = false,
  description,
}: {
  readonly label: string;
  readonly onChange: (amountMinor: number | null) => void;
  readonly initial?: string;
  readonly allowNegative?: boolean;
  readonly description?: string;
}) {
  const { t, format } = useI18n();
  const [text, setText] = useState(initial);
  const parsed = parseTyped(text, format.currency, allowNegative);
  return (
    <TextInput
      label={label}
      description={description}
      inputMode="decimal"
      autoComplete="off"
      value={text}
      error={text !== '' && parsed === null ? t('money.invalid', { example: format.amount(1250) }) : null}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        onChange(parseTyped(currentTarget.value, format.currency, allowNegative));
      }}
    />
  );
}

function parseTyped(text: string, currency: Parameters<typeof parseAmountMinor>[1], allowNegative: boolean): number | null {
  const isNegative = /^\s*[-−]/.test(text);
  if (isNegative && !allowNegative) return null;
  const parsed = parseAmountMinor(text.replace(/^\s*[-−]/, ''), currency);
  if (!parsed.ok) return null;
  return isNegative ? -parsed.value : parsed.value;
}
