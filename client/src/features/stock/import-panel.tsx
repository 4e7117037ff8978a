import { Button, Card, FileInput, Group, List, Progress, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import { delay } from '#schema/env.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { Problem } from '../../ui/states.tsx';

/** Rows of the report that are shown; the rest is in its file. */
const REFUSED_SHOWN = 20;
const POLL_MS = 400;

const startedSchema = z.looseObject({ id: z.string() });
const progressSchema = z.looseObject({
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  rows: z.int(),
  done: z.int(),
  accepted: z.int(),
  refused: z.int(),
  refusedRows: z.array(z.looseObject({ row: z.int(), field: z.string(), problem: z.string() })),
});
type ImportProgress = z.infer<typeof progressSchema>;

/** Imports products or opening stock from CSV: check first, then import, with a report of every refused row. */
export function ImportPanel() {
  const { t } = useI18n();
  return (
    <Card withBorder>
      <Stack>
        <Text c="dimmed">{t('stock.importNeedsNetwork')}</Text>
        <ImportForm label={t('stock.importItems')} path="/api/imports/items" />
        <ImportForm label={t('stock.importStock')} path="/api/imports/stock" />
      </Stack>
    </Card>
  );
}

function ImportForm({ label, path }: { readonly label: string; readonly path: string }) {
  const { t } = useI18n();
  const problemText = useProblemText();
  const [file, setFile] = useState<File | null>(null);
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async (isDry: boolean) => {
    if (!file) return;
    setProblem(null);
    setProgress(null);
    try {
      await runImport(`${path}${isDry ? '?dryRun=1' : ''}`, file, setProgress);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'unknown');
    }
  };
  return (
    <Stack gap="xs">
      <Group align="end">
        <FileInput label={label} accept=".csv,text/csv" value={file} onChange={setFile} style={{ flex: 1 }} />
        <Button variant="default" disabled={file === null} onClick={() => void run(true)}>
          {t('stock.importDry')}
        </Button>
        <Button disabled={file === null} onClick={() => void run(false)}>
          {t('stock.importRun')}
        </Button>
      </Group>
      {problem !== null && <Problem>{problemText(problem)}</Problem>}
      {progress?.state === 'running' && (
        <Progress value={progress.rows === 0 ? 0 : (100 * progress.done) / progress.rows} aria-label={label} />
      )}
      {progress !== null && progress.state !== 'running' && (
        <>
          <Text role="status">{t('stock.importDone', { accepted: progress.accepted, refused: progress.refused })}</Text>
          <List>
            {progress.refusedRows.slice(0, REFUSED_SHOWN).map(({ row, field, problem: why }) => (
              <List.Item key={`${row} ${field}`}>{t('stock.importRefused', { row, field, problem: why })}</List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}

async function runImport(path: string, file: File, onProgress: (progress: ImportProgress) => void): Promise<void> {
  const started = await fetch(path, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: file });
  if (!started.ok) throw new Error(await codeOf(started));
  const { id } = startedSchema.parse(await started.json());
  for (;;) {
    const answer = await fetch(`/api/imports/${id}`);
    if (!answer.ok) throw new Error(await codeOf(answer));
    const progress = progressSchema.parse(await answer.json());
    onProgress(progress);
    if (progress.state !== 'running') return;
    await delay({ schedule: scheduleInBrowser }, POLL_MS);
  }
}

function scheduleInBrowser(delayMs: number, task: () => void): () => void {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
}

async function codeOf(answer: Response): Promise<string> {
  const problem = z.looseObject({ code: z.string() }).safeParse(await answer.json().catch(() => null));
  return problem.success ? problem.data.code : 'unknown';
}
