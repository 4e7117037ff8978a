import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { PASSWORD_LENGTH_MIN } from '#schema/api/organisation.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';

/** A password of one's own instead of the one somebody else chose. */
export function ChoosePassword({
  isBusy,
  onChoose,
}: {
  readonly isBusy: boolean;
  readonly onChoose: (newPassword: string) => void;
}) {
  const { t } = useI18n();
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const isLongEnough = first.length >= PASSWORD_LENGTH_MIN;
  const differ = second !== '' && first !== second;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isLongEnough && first === second) onChoose(first);
      }}
    >
      <Stack>
        <Text>{t('signIn.choosePasswordWhy')}</Text>
        <PasswordInput
          label={t('signIn.newPassword')}
          description={t('create.passwordHint')}
          autoComplete="new-password"
          required
          value={first}
          onChange={({ currentTarget }) => setFirst(currentTarget.value)}
        />
        <PasswordInput
          label={t('signIn.newPasswordAgain')}
          autoComplete="new-password"
          required
          value={second}
          error={differ ? t('signIn.passwordsDiffer') : null}
          onChange={({ currentTarget }) => setSecond(currentTarget.value)}
        />
        <Button type="submit" loading={isBusy} disabled={!isLongEnough || first !== second}>
          {t('signIn.setPassword')}
        </Button>
      </Stack>
    </form>
  );
}
