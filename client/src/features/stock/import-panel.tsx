import { Anchor, Button, FileInput, Group, Progress, Stack, Table, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useSyncStatus } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { Done, Problem } from '../../ui/states.tsx';
import { cancelImport, type ImportJob, ImportProblem, readImport, startImport } from './import-job.ts';

const POLL_MS = 400;

/** Imports products or opening stock from CSV: check first, then import, with a report of every refused row. Needs the network. */
export function ImportPanel() {
  const { t } = useI18n();
  const status = useSyncStatus();
  const isOffline = status.kind === 'ready' && status.value.connection === 'offline';
  return (
    <Stack>
      <Text c="dimmed">{t('stock.importNeedsNetwork')}</Text>
      {isOffline && <Problem>{t('state.offlineBody')}</Problem>}
      <ImportForm label={t('stock.importItems')} hint={t('stock.importItemsHint')} kind="items" />
      <ImportForm label={t('stock.importStock')} hint={t('stock.importStockHint')} kind="stock" />
    </Stack>
  );
}

function ImportForm({ label, hint, kind }: { readonly label: string; readonly hint: string; readonly kind: 'items' | 'stock' }) {
  const { t } = useI18n();
  const problemText = useProblemText();
  const [file, setFile] = useState<File | null>(null);
  const [job, setJob] = useState<ImportJob | null>(null);
  const [problem, setProblem] = useState<ImportProblem | null>(null);
  const isRunning = job?.state === 'running';
  useFollowed(job, setJob, setProblem);
  const start = async (isDry: boolean) => {
    if (!file) return;
    setProblem(null);
    setJob(null);
    try {
      setJob(await startImport(kind, file, isDry));
    } catch (error) {
      setProblem(error instanceof ImportProblem ? error : new ImportProblem('bad_answer'));
    }
  };
  return (
    <Stack gap="xs">
      <FileInput label={label} description={hint} accept=".csv,text/csv" value={file} onChange={setFile} disabled={isRunning} />
      <Group>
        <Button variant="default" disabled={file === null || isRunning} onClick={() => void start(true)}>
          {t('stock.importDry')}
        </Button>
        <Button disabled={file === null || isRunning} onClick={() => void start(false)}>
          {t('stock.importRun')}
        </Button>
        {isRunning && (
          <Button variant="default" onClick={() => void cancelImport(job.id).then(setJob, () => undefined)}>
            {t('common.cancel')}
          </Button>
        )}
      </Group>
      {problem !== null && (
        <Problem>
          {problemText(problem.code)} {problem.message}
        </Problem>
      )}
      {job !== null && <Report job={job} label={label} />}
    </Stack>
  );
}

/** Asks again and again how far a running import is. */
function useFollowed(job: ImportJob | null, onJob: (job: ImportJob) => void, onProblem: (problem: ImportProblem) => void): void {
  useEffect(() => {
    if (job?.state !== 'running') return undefined;
    let isCurrent = true;
    const look = async () => {
      try {
        const next = await readImport(job.id);
        if (isCurrent) onJob(next);
      } catch (error) {
        if (isCurrent) onProblem(error instanceof ImportProblem ? error : new ImportProblem('bad_answer'));
      }
    };
    const timer = setTimeout(() => void look(), POLL_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [job, onJob, onProblem]);
}

function Report({ job, label }: { readonly job: ImportJob; readonly label: string }) {
  const { t } = useI18n();
  const { created, updated, refused, rows, done } = job;
  if (job.state === 'running') {
    return (
      <div role="status">
        <Progress value={rows === 0 ? 0 : (100 * done) / rows} aria-label={label} size="lg" />
        <Text className="figures">{t('stock.importProgress', { done, rows })}</Text>
      </div>
    );
  }
  return (
    <Stack gap="xs">
      {job.failure !== null && <Problem>{job.failure.detail}</Problem>}
      {job.state === 'cancelled' && <Problem>{t('stock.importCancelled', { done })}</Problem>}
      {job.state === 'done' && (
        <Done>{t(job.dryRun ? 'stock.importChecked' : 'stock.importDone', { created, updated, refused })}</Done>
      )}
      {job.ignoredColumns.length > 0 && <Text>{t('stock.importIgnored', { columns: job.ignoredColumns.join(', ') })}</Text>}
      {job.refusedRows.length > 0 && <RefusedRows job={job} />}
    </Stack>
  );
}

function RefusedRows({ job }: { readonly job: ImportJob }) {
  const { t, format } = useI18n();
  return (
    <>
      <Table.ScrollContainer minWidth={320} mah={320}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('stock.importRow')}</Table.Th>
              <Table.Th>{t('stock.importField')}</Table.Th>
              <Table.Th>{t('stock.importWhy')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {job.refusedRows.map(({ row, field, problem }) => (
              <Table.Tr key={`${row} ${field}`}>
                <Table.Td className="figures">{format.number(row)}</Table.Td>
                <Table.Td>{field}</Table.Td>
                <Table.Td>{problem}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Anchor href={`/api/imports/${job.id}/refused.csv`} download>
        {t('stock.importAllRefused', { count: job.refused })}
      </Anchor>
    </>
  );
}
