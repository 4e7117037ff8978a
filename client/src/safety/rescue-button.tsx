import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { saveTextAsFile } from '../ui/save-file.ts';
import { Done, Problem } from '../ui/states.tsx';
import type { RescueExport } from './rescue-file.ts';

/** One tap saves the rescue file (SY24) and says what is in it, or why none could be made. */
export function RescueButton({ onSaved }: { readonly onSaved?: (saved: Extract<RescueExport, { kind: 'ready' }>) => void }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [outcome, setOutcome] = useState<RescueExport | null>(null);
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const made = await workspace.safety.makeRescueFile();
    if (made.kind === 'ready') {
      saveTextAsFile(made.fileName, made.text, 'application/json');
      onSaved?.(made);
    }
    setOutcome(made);
    setBusy(false);
  };
  return (
    <Stack gap="xs" align="flex-start">
      <Button variant="default" loading={isBusy} onClick={() => void save()}>
        {t('safety.rescue')}
      </Button>
      {outcome !== null && <Outcome outcome={outcome} />}
    </Stack>
  );
}

function Outcome({ outcome }: { readonly outcome: RescueExport }) {
  const { t } = useI18n();
  switch (outcome.kind) {
    case 'ready':
      return <Done>{t('safety.rescueSaved', { file: outcome.fileName, count: outcome.acts, unsent: outcome.unsent })}</Done>;
    case 'no_crypto':
      return <Problem>{t('safety.rescueNoCrypto')}</Problem>;
    case 'no_key':
      return <Problem>{t('safety.rescueNoKey')}</Problem>;
    case 'failed':
      return <Problem>{t('safety.rescueFailed', { problem: outcome.message })}</Problem>;
  }
}
