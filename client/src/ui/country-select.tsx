import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import { COUNTRY_CODES, countryOfTimeZone } from '#schema/domain/countries.ts';
import { useI18n } from '../i18n/i18n-context.tsx';

/** The country this device seems to stand in, by its time zone and then by its language. */
export function guessCountry(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return countryOfTimeZone(timeZone) ?? new Intl.Locale(navigator.language).region ?? 'FR';
}

/** The device's own time zone. */
export function deviceTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Chooses a country by its name in the person's language: the device's own picker, which knows typing and touch. */
export function CountrySelect({ value, onChange }: { readonly value: string; readonly onChange: (country: string) => void }) {
  const { t } = useI18n();
  const countries = useMemo(() => {
    const names = new Intl.DisplayNames([navigator.language, 'en'], { type: 'region' });
    return COUNTRY_CODES.map((code) => ({ value: code, label: names.of(code) ?? code })).toSorted((a, b) =>
      a.label.localeCompare(b.label, navigator.language),
    );
  }, []);
  return (
    <NativeSelect
      label={t('create.country')}
      data={countries}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** Chooses an IANA time zone. */
export function TimeZoneSelect({ value, onChange }: { readonly value: string; readonly onChange: (timeZone: string) => void }) {
  const { t } = useI18n();
  const zones = useMemo(() => [...new Set([value, ...Intl.supportedValuesOf('timeZone')])].toSorted(), [value]);
  return (
    <NativeSelect
      label={t('create.timeZone')}
      data={zones}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
