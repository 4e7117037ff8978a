import { Anchor, Button, Center, Paper, PasswordInput, Select, Stack, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { currencySchema } from '#schema/money.ts';
import type { ClientEnv } from '../../env.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { createPharmacy, type KeptSession, type SessionProblem, type SessionResult, signIn } from '../../session.ts';
import { useProblemText } from '../../ui/problem-text.ts';
import { Problem } from '../../ui/states.tsx';

/** Sign in, or create the pharmacy on the first run. Both need the network. */
export function SignInPage({ env, onSession }: { readonly env: ClientEnv; readonly onSession: (session: KeptSession) => void }) {
  const { t } = useI18n();
  const [isCreating, setCreating] = useState(false);
  const [problem, setProblem] = useState<SessionProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const problemText = useProblemText();
  const attempt = (ask: () => Promise<SessionResult>) => {
    setBusy(true);
    setProblem(null);
    ask().then(
      (result) => {
        setBusy(false);
        if (result.ok) onSession(result.session);
        else setProblem(result.problem);
      },
      () => setBusy(false),
    );
  };
  return (
    <Center mih="100vh" p="md">
      <Paper withBorder p="xl" w="min(440px, 100%)">
        <Stack>
          <Title order={1} size="h2">
            {t(isCreating ? 'create.title' : 'signIn.title')}
          </Title>
          {problem !== null && <Problem>{problemText(problem.code)}</Problem>}
          {isCreating ? (
            <CreateForm env={env} isBusy={isBusy} attempt={attempt} />
          ) : (
            <SignInForm env={env} isBusy={isBusy} attempt={attempt} />
          )}
          <Anchor component="button" type="button" onClick={() => setCreating(!isCreating)}>
            {t(isCreating ? 'signIn.existing' : 'signIn.create')}
          </Anchor>
        </Stack>
      </Paper>
    </Center>
  );
}

interface FormProps {
  readonly env: ClientEnv;
  readonly isBusy: boolean;
  readonly attempt: (ask: () => Promise<SessionResult>) => void;
}

function SignInForm({ env, isBusy, attempt }: FormProps) {
  const { t } = useI18n();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { email, password, device } = valuesOf(event.currentTarget);
        attempt(() => signIn(env, { email: email ?? '', password: password ?? '' }, device || t('signIn.deviceDefault')));
      }}
    >
      <Stack>
        <TextInput name="email" type="email" label={t('signIn.email')} autoComplete="username" required />
        <PasswordInput name="password" label={t('signIn.password')} autoComplete="current-password" required />
        <TextInput name="device" label={t('signIn.device')} defaultValue={t('signIn.deviceDefault')} />
        <Button type="submit" loading={isBusy}>
          {t('signIn.go')}
        </Button>
      </Stack>
    </form>
  );
}

function CreateForm({ env, isBusy, attempt }: FormProps) {
  const { t } = useI18n();
  const [currency, setCurrency] = useState<string | null>('EUR');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { device, ...values } = valuesOf(event.currentTarget);
        const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
        const pharmacy = { ...values, country: values.country?.toUpperCase(), currency, timeZone };
        attempt(() => createPharmacy(env, pharmacy, device || t('signIn.deviceDefault')));
      }}
    >
      <Stack>
        <TextInput name="pharmacy" label={t('create.pharmacy')} required />
        <TextInput name="country" label={t('create.country')} defaultValue="FR" maxLength={2} required />
        <Select
          label={t('create.currency')}
          data={[...currencySchema.options]}
          value={currency}
          onChange={setCurrency}
          allowDeselect={false}
        />
        <TextInput name="name" label={t('create.yourName')} autoComplete="name" required />
        <TextInput name="email" type="email" label={t('signIn.email')} autoComplete="username" required />
        <PasswordInput
          name="password"
          label={t('signIn.password')}
          description={t('create.passwordHint')}
          autoComplete="new-password"
          required
          minLength={10}
        />
        <TextInput name="device" label={t('signIn.device')} defaultValue={t('signIn.deviceDefault')} />
        <Button type="submit" loading={isBusy}>
          {t('create.go')}
        </Button>
      </Stack>
    </form>
  );
}

function valuesOf(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) if (name !== '' && typeof value === 'string') values[name] = value;
  return values;
}
