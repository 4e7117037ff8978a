import { Button, PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { PASSWORD_LENGTH_MIN } from '#schema/api/organisation.ts';
import { countryDefaults } from '#schema/domain/countries.ts';
import { type Currency, currencySchema } from '#schema/money.ts';
import type { ClientEnv } from '../../env.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { createPharmacy, type SessionResult } from '../../session.ts';
import { CountrySelect, deviceTimeZone, guessCountry, TimeZoneSelect } from '../../ui/country-select.tsx';
import { valuesOf } from './form-values.ts';

/** First run: a pharmacy and its owner. The country brings currency and time zone along; both can be changed. */
export function CreateForm({
  env,
  isBusy,
  attempt,
}: {
  readonly env: ClientEnv;
  readonly isBusy: boolean;
  readonly attempt: (
    credentials: { readonly email: string; readonly password: string; readonly device: string },
    ask: () => Promise<SessionResult>,
  ) => void;
}) {
  const { t } = useI18n();
  const [place, setPlace] = useState(() => placeOf(guessCountry()));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { pharmacy, name, email = '', password = '', device } = valuesOf(event.currentTarget);
        const deviceName = device || t('signIn.deviceDefault');
        attempt({ email, password, device: deviceName }, () =>
          createPharmacy(env, { pharmacy, name, email, password, ...place }, deviceName),
        );
      }}
    >
      <Stack>
        <TextInput name="pharmacy" label={t('create.pharmacy')} required />
        <CountrySelect value={place.country} onChange={(country) => setPlace(placeOf(country))} />
        <Select
          label={t('create.currency')}
          data={[...currencySchema.options]}
          value={place.currency}
          onChange={(currency) => setPlace({ ...place, currency: currencySchema.catch(place.currency).parse(currency) })}
          allowDeselect={false}
        />
        <TimeZoneSelect value={place.timeZone} onChange={(timeZone) => setPlace({ ...place, timeZone })} />
        <TextInput name="name" label={t('create.yourName')} autoComplete="name" required />
        <TextInput name="email" type="email" label={t('signIn.email')} autoComplete="username" required />
        <PasswordInput
          name="password"
          label={t('signIn.password')}
          description={t('create.passwordHint')}
          autoComplete="new-password"
          required
          minLength={PASSWORD_LENGTH_MIN}
        />
        <TextInput name="device" label={t('signIn.device')} defaultValue={t('signIn.deviceDefault')} />
        <Button type="submit" loading={isBusy}>
          {t('create.go')}
        </Button>
      </Stack>
    </form>
  );
}

function placeOf(country: string): { readonly country: string; readonly currency: Currency; readonly timeZone: string } {
  const known = countryDefaults(country);
  return { country, currency: known?.currency ?? 'EUR', timeZone: known?.timeZone ?? deviceTimeZone() };
}
