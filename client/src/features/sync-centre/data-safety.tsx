import { Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useAppControls } from '../../app-controls.ts';
import type { StorageLook } from '../../env.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { RescueButton } from '../../safety/rescue-button.tsx';
import { UnsentSummary } from '../../safety/unsent-summary.tsx';
import { useUnsent } from '../../safety/use-unsent.ts';

const GuardDialog = lazy(() => import('../../safety/guard-dialog.tsx'));

/** What of the work lies only here, whether the browser promises to keep it, and how to get it out (SY24). */
export function DataSafety() {
  const { t } = useI18n();
  const unsent = useUnsent();
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t('safety.title')}
      </Title>
      <Stack gap="md">
        <div>
          <Text c="dimmed">{t('safety.onlyHere')}</Text>
          {unsent !== null && <UnsentSummary work={unsent} />}
        </div>
        <Storage />
        <div>
          <Text c="dimmed" mb="xs">
            {t('safety.rescueHint')}
          </Text>
          <RescueButton />
        </div>
        <Reset />
      </Stack>
    </Card>
  );
}

function Storage() {
  const { t, format } = useI18n();
  const { safety } = useWorkspace();
  const [look, setLook] = useState<StorageLook | null>(null);
  const [isDenied, setDenied] = useState(false);
  const [looks, setLooks] = useState(1);
  useEffect(() => {
    let isCurrent = true;
    const show = async () => {
      const seen = await safety.storage?.look();
      if (isCurrent && looks > 0) setLook(seen ?? null);
    };
    show().catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [safety, looks]);
  const persist = async () => {
    setDenied((await safety.storage?.persist()) !== true);
    setLooks(looks + 1);
  };
  if (safety.storage === null) return <Text>{t('safety.storageUnknown')}</Text>;
  if (look === null) return null;
  const { isPersisted, usedBytes, quotaBytes } = look;
  return (
    <Stack gap="xs" align="flex-start">
      <Table>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row">{t('safety.storage')}</Table.Th>
            <Table.Td>{t(isPersisted ? 'safety.persisted' : 'safety.notPersisted')}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th scope="row">{t('safety.space')}</Table.Th>
            <Table.Td>
              {t('safety.used', {
                used: format.fileSize(usedBytes),
                left: format.fileSize(Math.max(0, quotaBytes - usedBytes)),
              })}
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      {!isPersisted && (
        <Button variant="default" onClick={() => void persist()}>
          {t('safety.persist')}
        </Button>
      )}
      {isDenied && <Text role="status">{t('safety.persistDenied')}</Text>}
    </Stack>
  );
}

/** Takes this pharmacy off this browser; guarded (SY25). */
function Reset() {
  const { t } = useI18n();
  const { resetDevice } = useAppControls();
  const [isAsking, setAsking] = useState(false);
  return (
    <div>
      <Text c="dimmed" mb="xs">
        {t('safety.resetHint')}
      </Text>
      <Group>
        <Button variant="outline" color="red" onClick={() => setAsking(true)}>
          {t('safety.reset')}
        </Button>
      </Group>
      <Suspense fallback={null}>
        {isAsking && <GuardDialog purpose="reset" onClose={() => setAsking(false)} onConfirm={resetDevice} />}
      </Suspense>
    </div>
  );
}
