import { Button, Card, Group, Stack, Table, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useSyncStatus, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';

interface Storage {
  readonly isPersisted: boolean;
  readonly usedBytes: number;
  readonly quotaBytes: number;
}

/** What of the work lies only here, and whether the browser promises to keep it (SY24). */
export function DataSafety() {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const status = useSyncStatus();
  const [storage, setStorage] = useState<Storage | null>(null);
  const [looks, setLooks] = useState(1);
  useEffect(() => {
    let isCurrent = true;
    const show = async () => {
      const seen = await lookAtStorage();
      if (isCurrent && looks > 0) setStorage(seen);
    };
    show().catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [looks]);
  const unsent = status.kind === 'ready' ? status.value : null;
  const persist = async () => {
    await navigator.storage.persist();
    setLooks(looks + 1);
  };
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t('sync.safety')}
      </Title>
      <Stack gap="xs" align="flex-start">
        <Table>
          <Table.Tbody>
            <Table.Tr>
              <Table.Th>{t('sync.onlyHere')}</Table.Th>
              <Table.Td>
                {unsent === null || unsent.unsent === 0
                  ? t('badge.allSent')
                  : `${t('badge.unsent', { count: unsent.unsent })}${unsent.oldestUnsentAt === null ? '' : ` · ${t('badge.oldest', { ago: format.ago(unsent.oldestUnsentAt, workspace.now()) })}`}`}
              </Table.Td>
            </Table.Tr>
            {storage !== null && (
              <>
                <Table.Tr>
                  <Table.Th>{t('sync.storage')}</Table.Th>
                  <Table.Td>{t(storage.isPersisted ? 'sync.persisted' : 'sync.notPersisted')}</Table.Td>
                </Table.Tr>
                <Table.Tr>
                  <Table.Th>{t('sync.space')}</Table.Th>
                  <Table.Td>
                    {t('sync.used', { used: format.fileSize(storage.usedBytes), quota: format.fileSize(storage.quotaBytes) })}
                  </Table.Td>
                </Table.Tr>
              </>
            )}
          </Table.Tbody>
        </Table>
        {storage !== null && !storage.isPersisted && (
          <Group>
            <Button variant="default" onClick={() => void persist()}>
              {t('sync.persist')}
            </Button>
          </Group>
        )}
      </Stack>
    </Card>
  );
}

async function lookAtStorage(): Promise<Storage> {
  const [isPersisted, { usage = 0, quota = 0 }] = await Promise.all([
    navigator.storage.persisted(),
    navigator.storage.estimate(),
  ]);
  return { isPersisted, usedBytes: usage, quotaBytes: quota };
}
