import { Badge, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useQueue, useSyncStatus, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { Empty, Loading, Page, Problem } from '../../ui/states.tsx';
import type { QueueEntry } from '../../workspace.ts';

const ENTRIES_SHOWN = 100;

/** What this tablet did and what became of it, in plain words; what was refused keeps what was entered (SY23). */
export function SyncCentrePage() {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const problemText = useProblemText();
  const status = useSyncStatus();
  const queue = useQueue(ENTRIES_SHOWN);
  if (status.kind === 'loading' || queue.kind === 'loading') return <Loading />;
  const { lastSuccessAt, lastError } = status.value;
  return (
    <Page title={t('sync.title')} actions={<Button onClick={workspace.syncNow}>{t('sync.now')}</Button>}>
      <Text c="dimmed">
        {lastSuccessAt === null ? t('sync.never') : t('sync.lastSuccess', { ago: format.ago(lastSuccessAt, workspace.now()) })}
      </Text>
      {lastError !== null && <Problem>{problemText(lastError.code)}</Problem>}
      <Card withBorder>
        <Title order={2} size="h4" mb="sm">
          {t('sync.queue')}
        </Title>
        {queue.value.length === 0 ? (
          <Empty>{t('sync.empty')}</Empty>
        ) : (
          queue.value.map((entry) => <Entry key={entry.mutation.n} entry={entry} />)
        )}
      </Card>
      <DataSafety />
    </Page>
  );
}

function Entry({ entry }: { readonly entry: QueueEntry }) {
  const { t, format, findLabel } = useI18n();
  const problemText = useProblemText();
  const { mutation, stage, receipt, expected } = entry;
  const verdict = receipt ?? expected;
  const needsSomebody = verdict !== null && verdict.verdict !== 'applied';
  return (
    <Card.Section withBorder p="sm">
      <Group justify="space-between">
        <div>
          <Text fw={600}>
            {findLabel(`act.${mutation.name}`) ?? mutation.name} · {mutation.n}
          </Text>
          <Text c="dimmed" fz="sm">
            {format.dateTime(mutation.madeAt)}
          </Text>
        </div>
        <Group gap="xs">
          {needsSomebody && (
            <Badge color={verdict.verdict === 'refused' || verdict.verdict === 'quarantined' ? 'red' : 'orange'}>
              {t(`verdict.${verdict.verdict}`)}
            </Badge>
          )}
          <Badge variant="light">{t(`status.${stage}`)}</Badge>
        </Group>
      </Group>
      {needsSomebody && (
        <Stack gap={4} mt="xs">
          <Text>
            {t('sync.reason')}: {verdict.codes.map(problemText).join('; ')}
          </Text>
          {verdict.conflicts.length > 0 && (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('sync.what')}</Table.Th>
                  <Table.Th>{t('sync.base')}</Table.Th>
                  <Table.Th>{t('sync.mine')}</Table.Th>
                  <Table.Th>{t('sync.theirs')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {verdict.conflicts.map((conflict) => (
                  <Table.Tr key={conflict.field}>
                    <Table.Td>{conflict.field}</Table.Td>
                    <Table.Td>{JSON.stringify(conflict.base)}</Table.Td>
                    <Table.Td>{JSON.stringify(conflict.mine)}</Table.Td>
                    <Table.Td>{JSON.stringify(conflict.theirs)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
          <details>
            <summary>{t('sync.mine')}</summary>
            <pre style={{ overflow: 'auto', maxWidth: '100%' }}>{JSON.stringify(mutation.args, null, 2)}</pre>
          </details>
        </Stack>
      )}
    </Card.Section>
  );
}

/** Whether the browser promises to keep what is stored, and how full it is (SY24). */
function DataSafety() {
  const { t, format } = useI18n();
  const [storage, setStorage] = useState<StorageState | null>(null);
  useEffect(() => {
    readStorage().then(setStorage, () => setStorage(null));
  }, []);
  if (storage === null) return null;
  const persist = async () => {
    await navigator.storage.persist();
    setStorage(await readStorage());
  };
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t('sync.safety')}
      </Title>
      <Text>{t(storage.isPersisted ? 'sync.persisted' : 'sync.notPersisted')}</Text>
      <Text>{t('sync.used', { used: format.fileSize(storage.used), quota: format.fileSize(storage.quota) })}</Text>
      {!storage.isPersisted && (
        <Button variant="default" mt="xs" onClick={() => void persist()}>
          {t('sync.persist')}
        </Button>
      )}
    </Card>
  );
}

interface StorageState {
  readonly isPersisted: boolean;
  readonly used: number;
  readonly quota: number;
}

async function readStorage(): Promise<StorageState> {
  const [isPersisted, { usage = 0, quota = 0 }] = await Promise.all([
    navigator.storage.persisted(),
    navigator.storage.estimate(),
  ]);
  return { isPersisted, used: usage, quota };
}
