import { TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useI18n } from '../i18n/i18n-context.tsx';

/** A field for a whole quantity in base units; null while blank or not readable, because zero is a count and blank is not. */
export function UnitsInput(props: {
  readonly label: ReactNode;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  readonly description?: string;
  readonly error?: string | null;
  readonly allowNegative?: boolean;
  readonly autoFocus?: boolean;
  readonly required?: boolean;
  readonly onEnter?: () => void;
}) {
  const { t } = useI18n();
  const [text, setText] = useState(props.value === null ? '' : String(props.value));
  const pattern = props.allowNegative === true ? /^[-\u2212]?\d{1,9}$/ : /^\d{1,9}$/;
  const read = (typed: string) => (pattern.test(typed.trim()) ? Number(typed.trim().replace('\u2212', '-')) : null);
  if (props.value !== null && read(text) !== props.value) setText(String(props.value));
  if (props.value === null && read(text) !== null) setText('');
  return (
    <TextInput
      label={props.label}
      description={props.description}
      className="figures"
      inputMode={props.allowNegative === true ? 'text' : 'numeric'}
      autoComplete="off"
      value={text}
      autoFocus={props.autoFocus === true}
      required={props.required === true}
      error={props.error ?? (text.trim() !== '' && text !== '-' && read(text) === null ? t('units.invalid') : null)}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        const next = read(typed);
        if (next !== props.value) props.onChange(next);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') props.onEnter?.();
      }}
    />
  );
}
