import { Button, Group, NativeSelect } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useAppControls } from '../app-controls.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { useProblemText } from '../ui/problem-text.ts';
import { Problem } from '../ui/states.tsx';

const GuardDialog = lazy(() => import('../safety/guard-dialog.tsx'));

/** Signing out, and changing the pharmacy where somebody works in several; both are guarded while something is unsent (SY25). */
export function LeaveButtons() {
  const { t } = useI18n();
  const { otherTenants, signOut } = useAppControls();
  const [asking, setAsking] = useState<'sign_out' | 'switch' | null>(null);
  const close = () => setAsking(null);
  return (
    <Group gap="xs">
      <Button variant="default" onClick={() => setAsking('sign_out')}>
        {t('shell.signOut')}
      </Button>
      {otherTenants.length > 0 && (
        <Button variant="default" onClick={() => setAsking('switch')}>
          {t('shell.switch')}
        </Button>
      )}
      <Suspense fallback={null}>
        {asking === 'sign_out' && <GuardDialog purpose="sign_out" onClose={close} onConfirm={signOut} />}
        {asking === 'switch' && <SwitchDialog onClose={close} />}
      </Suspense>
    </Group>
  );
}

function SwitchDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useI18n();
  const { otherTenants, switchTenant } = useAppControls();
  const problemText = useProblemText();
  const [tenantId, setTenantId] = useState(otherTenants[0]?.id ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    setProblem(await switchTenant(tenantId));
    setBusy(false);
  };
  return (
    <GuardDialog purpose="switch" onClose={onClose} onConfirm={() => void go()} isBusy={isBusy}>
      <NativeSelect
        label={t('guard.switch.to')}
        data={otherTenants.map(({ id, name }) => ({ value: id, label: name }))}
        value={tenantId}
        onChange={({ currentTarget }) => setTenantId(currentTarget.value)}
      />
      {problem !== null && <Problem>{problemText(problem)}</Problem>}
    </GuardDialog>
  );
}
