import { Anchor, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { ClientEnv } from '../../env.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import {
  choosePassword,
  type KeptSession,
  type SessionProblem,
  type SessionResult,
  signIn,
  switchTenant,
  type TenantChoice,
} from '../../session.ts';
import { useProblemText } from '../../ui/problem-text.ts';
import { Problem } from '../../ui/states.tsx';
import { ChoosePassword } from './choose-password.tsx';
import { CreateForm } from './create-form.tsx';
import { valuesOf } from './form-values.ts';

interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly device: string;
}

/** Where somebody is on the way in. */
type Step =
  | { readonly kind: 'signIn' | 'create' }
  | { readonly kind: 'password'; readonly credentials: Credentials }
  | { readonly kind: 'tenant'; readonly tenants: readonly TenantChoice[]; readonly device: string };

/** Sign in, or create the pharmacy on the first run. Needs the network. */
export function SignInPage({ env, onSession }: { readonly env: ClientEnv; readonly onSession: (session: KeptSession) => void }) {
  const { t } = useI18n();
  const [step, setStep] = useState<Step>({ kind: 'signIn' });
  const [problem, setProblem] = useState<SessionProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const problemText = useProblemText();
  const go = (next: Step) => {
    setProblem(null);
    setStep(next);
  };
  const attempt = (credentials: Credentials, ask: () => Promise<SessionResult>) => {
    setBusy(true);
    setProblem(null);
    ask().then(
      (result) => {
        setBusy(false);
        if (result.ok === true) onSession(result.session);
        else if (result.ok === 'password') go({ kind: 'password', credentials });
        else if (result.ok === 'tenant') go({ kind: 'tenant', tenants: result.tenants, device: credentials.device });
        else setProblem(result.problem);
      },
      () => setBusy(false),
    );
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w="min(440px, 100%)">
        <Stack>
          <Title order={1} size="h2">
            {t(TITLES[step.kind])}
          </Title>
          {problem !== null && <Problem>{problemText(problem.code)}</Problem>}
          {step.kind === 'signIn' && (
            <SignInForm isBusy={isBusy} onSubmit={(typed) => attempt(typed, () => signIn(env, typed, typed.device))} />
          )}
          {step.kind === 'create' && <CreateForm env={env} isBusy={isBusy} attempt={attempt} />}
          {step.kind === 'password' && (
            <ChoosePassword
              isBusy={isBusy}
              onChoose={(newPassword) => {
                const { credentials } = step;
                const { device } = credentials;
                attempt({ ...credentials, password: newPassword }, () => choosePassword(env, credentials, newPassword, device));
              }}
            />
          )}
          {step.kind === 'tenant' && (
            <Tenants
              tenants={step.tenants}
              isBusy={isBusy}
              onChoose={(tenantId) =>
                attempt({ email: '', password: '', device: step.device }, () => switchTenant(env, tenantId, step.device))
              }
            />
          )}
          <Anchor component="button" type="button" onClick={() => go({ kind: step.kind === 'signIn' ? 'create' : 'signIn' })}>
            {t(step.kind === 'signIn' ? 'signIn.create' : step.kind === 'create' ? 'signIn.existing' : 'signIn.backToStart')}
          </Anchor>
        </Stack>
      </Paper>
    </Center>
  );
}

const TITLES = {
  signIn: 'signIn.title',
  create: 'create.title',
  password: 'signIn.choosePassword',
  tenant: 'signIn.whichPharmacy',
} as const;

function SignInForm({ isBusy, onSubmit }: { readonly isBusy: boolean; readonly onSubmit: (typed: Credentials) => void }) {
  const { t } = useI18n();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { email, password, device } = valuesOf(event.currentTarget);
        onSubmit({ email: email ?? '', password: password ?? '', device: device || t('signIn.deviceDefault') });
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

function Tenants({
  tenants,
  isBusy,
  onChoose,
}: {
  readonly tenants: readonly TenantChoice[];
  readonly isBusy: boolean;
  readonly onChoose: (tenantId: string) => void;
}) {
  const { t } = useI18n();
  return (
    <Stack>
      {tenants.map(({ id, name, isHere }) => (
        <div key={id}>
          <Button fullWidth size="lg" variant={isHere ? 'filled' : 'default'} disabled={isBusy} onClick={() => onChoose(id)}>
            {name}
          </Button>
          {isHere && (
            <Text size="sm" c="dimmed">
              {t('signIn.isHere')}
            </Text>
          )}
        </div>
      ))}
    </Stack>
  );
}
