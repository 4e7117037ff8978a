import { Button, Group, Progress, Table } from '@mantine/core';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { useCallback, useEffect, useState } from 'react';
import { z } from 'zod';
import { auditLeafSchema } from '#schema/audit/leaf.ts';
import { EMPTY_CHAIN, verifyChain } from '#schema/audit/verify-chain.ts';
import { canDo } from '#schema/permissions.ts';
import { type AuditEntry, auditEntrySchema } from '#schema/sync/messages.ts';
import { useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { Done, Empty, Page, Problem } from '../../ui/states.tsx';

const PAGE = 100;
const VERIFY_PAGE = 1_000;

const pageSchema = z.strictObject({
  head: z.strictObject({ size: z.int(), hash: z.string() }),
  entries: z.array(auditEntrySchema),
});

type Verification =
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | { readonly kind: 'good'; readonly size: number; readonly head: string }
  | { readonly kind: 'bad'; readonly index: number; readonly fault: string }
  | { readonly kind: 'shorter' }
  | { readonly kind: 'failed'; readonly code: string };

/** The timeline of everything sealed, and a check of the whole chain in this browser. Needs the network. */
export function AuditPage() {
  const { t } = useI18n();
  const { actor } = useWorkspace();
  const problemText = useProblemText();
  const [entries, setEntries] = useState<readonly AuditEntry[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [verification, setVerification] = useState<Verification | null>(null);
  const load = useCallback(async (before: number | null) => {
    try {
      const size = before ?? (await readPage(0, 1)).head.size;
      const from = Math.max(0, size - PAGE);
      const { entries: page } = await readPage(from, Math.max(1, size - from));
      setEntries((known) => [...(before === null ? [] : known), ...page.toReversed()]);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'unknown');
    }
  }, []);
  useEffect(() => void load(null), [load]);
  if (!canDo(actor.role, 'view.audit')) return <Empty>{t('state.roleBody')}</Empty>;
  const oldest = entries.at(-1)?.index ?? 0;
  return (
    <Page title={t('audit.title')} actions={<Button onClick={() => void verifyAll(setVerification)}>{t('audit.verify')}</Button>}>
      {problem !== null && <Problem>{problem === 'offline' ? t('state.offlineBody') : problemText(problem)}</Problem>}
      {verification !== null && <VerificationResult verification={verification} />}
      <Timeline entries={entries} />
      {oldest > 0 && (
        <Group justify="center">
          <Button variant="default" onClick={() => void load(oldest)}>
            {t('audit.more')}
          </Button>
        </Group>
      )}
    </Page>
  );
}

function VerificationResult({ verification }: { readonly verification: Verification }) {
  const { t } = useI18n();
  const problemText = useProblemText();
  switch (verification.kind) {
    case 'running':
      return (
        <Progress
          value={verification.total === 0 ? 0 : (100 * verification.done) / verification.total}
          aria-label={t('audit.verifying', { done: verification.done, total: verification.total })}
        />
      );
    case 'good':
      return <Done>{t('audit.good', { size: verification.size, head: verification.head.slice(0, 16) })}</Done>;
    case 'bad':
      return <Problem>{t('audit.bad', { index: verification.index, fault: verification.fault })}</Problem>;
    case 'shorter':
      return <Problem>{t('audit.shorter')}</Problem>;
    case 'failed':
      return <Problem>{problemText(verification.code)}</Problem>;
  }
}

function Timeline({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const { t, format, findLabel } = useI18n();
  const members = useRecords('member');
  const names = new Map(members.kind === 'ready' ? members.value.map(({ id, name }) => [id, name]) : []);
  return (
    <Table.ScrollContainer minWidth={600}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('audit.index')}</Table.Th>
            <Table.Th>{t('audit.time')}</Table.Th>
            <Table.Th>{t('audit.who')}</Table.Th>
            <Table.Th>{t('audit.action')}</Table.Th>
            <Table.Th>{t('audit.verdict')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => {
            const leaf = auditLeafSchema.parse(JSON.parse(entry.leaf));
            return (
              <Table.Tr key={entry.index}>
                <Table.Td>{entry.index}</Table.Td>
                <Table.Td>{format.dateTime(leaf.at)}</Table.Td>
                <Table.Td>{leaf.actorId === null ? '' : (names.get(leaf.actorId) ?? leaf.actorId)}</Table.Td>
                <Table.Td>{findLabel(`act.${leaf.action}`) ?? leaf.action}</Table.Td>
                <Table.Td>{findLabel(`verdict.${leaf.verdict}`) ?? leaf.verdict}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Checks every link from the first entry to the head, page by page, and names the first that does not fit (C17). */
async function verifyAll(onResult: (verification: Verification) => void): Promise<void> {
  let state = EMPTY_CHAIN;
  try {
    for (;;) {
      const { head, entries } = await readPage(state.size, VERIFY_PAGE);
      const checked = verifyChain(state, entries, (text) => bytesToHex(sha256(utf8ToBytes(text))));
      if (!checked.ok) return onResult({ kind: 'bad', index: checked.index, fault: checked.fault });
      state = checked.state;
      if (state.size >= head.size)
        return onResult(
          state.hash === head.hash
            ? { kind: 'good', size: state.size, head: head.hash }
            : { kind: 'bad', index: state.size, fault: 'head' },
        );
      if (entries.length === 0) return onResult({ kind: 'shorter' });
      onResult({ kind: 'running', done: state.size, total: head.size });
    }
  } catch (error) {
    return onResult({ kind: 'failed', code: error instanceof Error ? error.message : 'unknown' });
  }
}

async function readPage(from: number, limit: number): Promise<z.infer<typeof pageSchema>> {
  const answer = await fetch(`/api/audit-log?from=${from}&limit=${limit}`).catch(() => {
    throw new Error('offline');
  });
  if (!answer.ok) {
    const problem = z.looseObject({ code: z.string() }).safeParse(await answer.json().catch(() => null));
    throw new Error(problem.success ? problem.data.code : 'unknown');
  }
  return pageSchema.parse(await answer.json());
}
