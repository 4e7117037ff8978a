import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useSyncStatus, useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { useProblemText } from '../ui/problem-text.ts';
import { Loading, Problem } from '../ui/states.tsx';
import { RescueButton } from './rescue-button.tsx';
import { UnsentSummary } from './unsent-summary.tsx';
import { useUnsent } from './use-unsent.ts';

interface GuardProps {
  /** `reset` alone would lose what is unsent; the others keep it. */
  readonly purpose: 'sign_out' | 'switch' | 'reset';
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  /** What else must be chosen before it can be confirmed. */
  readonly children?: ReactNode;
  readonly isBusy?: boolean;
}

/**
 * Stands before whatever leaves this tablet's work behind (SY25): says what is unsent, how much money and since when, offers to send it and to save the
 * rescue file. A reset goes on only when everything is sent, or when a rescue file holds all of it and the tablet's name was typed.
 */
export default function GuardDialog({ purpose, onClose, onConfirm, children, isBusy = false }: GuardProps) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const unsent = useUnsent();
  const [rescued, setRescued] = useState<number | null>(null);
  const [typed, setTyped] = useState('');
  const [isNewer, setNewer] = useState(false);
  const word = workspace.device.name;
  const losing = purpose === 'reset' && unsent !== null && unsent.acts > 0;
  const mayGo = unsent !== null && (!losing || (rescued !== null && typed.trim() === word));
  const go = async () => {
    if (purpose !== 'reset') return onConfirm();
    // Another tab may have done something since the file was saved.
    const now = await workspace.safety.readUnsent();
    if (now.acts > (rescued ?? 0)) setNewer(true);
    else onConfirm();
  };
  return (
    <Modal opened onClose={onClose} title={t(`guard.${purpose}.title`)} closeButtonProps={{ 'aria-label': t('common.close') }}>
      {unsent === null ? (
        <Loading />
      ) : (
        <Stack>
          <Text>{t(`guard.${purpose}.body`)}</Text>
          {unsent.acts > 0 && (
            <>
              <UnsentSummary work={unsent} />
              <Text fw={600}>{t(`guard.${purpose}.kept`)}</Text>
              <SendNow />
              <RescueButton
                onSaved={(saved) => {
                  setRescued(saved.unsent);
                  setNewer(false);
                }}
              />
            </>
          )}
          {children}
          {losing && rescued !== null && (
            <TextInput
              label={t('guard.reset.type', { word })}
              value={typed}
              autoComplete="off"
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          )}
          {isNewer && <Problem>{t('guard.reset.newer')}</Problem>}
          <Group justify="flex-end">
            <Button variant="default" data-autofocus onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              {...(losing || (purpose === 'reset' && unsent.acts === 0) ? { color: 'red' } : {})}
              disabled={!mayGo}
              loading={isBusy}
              onClick={() => void go()}
            >
              {t(`guard.${purpose}.confirm`)}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

/** Sends what is unsent, and says how that goes. */
function SendNow() {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const status = useSyncStatus();
  const problemText = useProblemText();
  if (status.kind === 'loading') return null;
  const { activity, lastError } = status.value;
  return (
    <Group>
      <Button variant="default" onClick={workspace.syncNow}>
        {t('safety.syncNow')}
      </Button>
      <Text size="sm" role="status">
        {activity !== 'idle' ? t('safety.working') : lastError === null ? '' : problemText(lastError.code)}
      </Text>
    </Group>
  );
}
