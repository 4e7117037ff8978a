import { Button, Code, Group, NativeSelect, Progress, Stack, Text } from '@mantine/core';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { useEffect, useRef, useState } from 'react';
import { auditLeafSchema } from '#schema/audit/leaf.ts';
import { MUTATIONS } from '#schema/mutations/registry.ts';
import { canDo } from '#schema/permissions.ts';
import type { AuditEntry } from '#schema/sync/messages.ts';
import { useRecords, useSyncStatus, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { StackTable } from '../../ui/stack-table.tsx';
import { Done, Empty, Loading, Page, Problem } from '../../ui/states.tsx';
import { AuditProblem, type ReadAudit, readAuditOverHttp, type Verification, verifyWholeLog } from './audit-log.ts';

const PAGE = 50;

interface Filter {
  readonly actorId: string;
  readonly deviceId: string;
  readonly action: string;
}
const EVERYTHING: Filter = { actorId: '', deviceId: '', action: '' };

/** The timeline of everything sealed, with filters, and a check of the whole chain in this browser (C17). Needs the network. */
export function AuditPage({ read = readAuditOverHttp }: { readonly read?: ReadAudit }) {
  const { t } = useI18n();
  const { actor } = useWorkspace();
  const status = useSyncStatus();
  const [filter, setFilter] = useState(EVERYTHING);
  const [attempt, setAttempt] = useState(1);
  const isOffline = status.kind === 'ready' && status.value.connection === 'offline';
  if (!canDo(actor.role, 'view.audit')) return <Empty>{t('state.roleBody')}</Empty>;
  return (
    <Page title={t('audit.title')} actions={<VerifyButton read={read} />}>
      <Text c="dimmed">{t('audit.needsNetwork')}</Text>
      {isOffline && <Problem>{t('state.offlineBody')}</Problem>}
      <Filters filter={filter} onChange={setFilter} />
      <Timeline
        key={`${attempt} ${filter.actorId} ${filter.deviceId} ${filter.action}`}
        read={read}
        filter={filter}
        onRetry={() => setAttempt(attempt + 1)}
      />
    </Page>
  );
}

function Filters({ filter, onChange }: { readonly filter: Filter; readonly onChange: (filter: Filter) => void }) {
  const { t, findLabel } = useI18n();
  const members = useRecords('member');
  const devices = useRecords('device');
  const all = { value: '', label: t('audit.all') };
  const people = members.kind === 'ready' ? members.value.map(({ id, name }) => ({ value: id, label: name })) : [];
  const tablets = devices.kind === 'ready' ? devices.value.map(({ id, name }) => ({ value: id, label: name })) : [];
  const actions = [...MUTATIONS.keys()].map((name) => ({ value: name, label: findLabel(`act.${name}`) ?? name }));
  return (
    <Group grow preventGrowOverflow={false}>
      <NativeSelect
        label={t('audit.who')}
        data={[all, ...people]}
        value={filter.actorId}
        onChange={({ currentTarget }) => onChange({ ...filter, actorId: currentTarget.value })}
      />
      <NativeSelect
        label={t('audit.device')}
        data={[all, ...tablets]}
        value={filter.deviceId}
        onChange={({ currentTarget }) => onChange({ ...filter, deviceId: currentTarget.value })}
      />
      <NativeSelect
        label={t('audit.action')}
        data={[all, ...actions.toSorted((a, b) => a.label.localeCompare(b.label))]}
        value={filter.action}
        onChange={({ currentTarget }) => onChange({ ...filter, action: currentTarget.value })}
      />
    </Group>
  );
}

type Pages =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'shown'; readonly entries: readonly AuditEntry[]; readonly next: number | null };

function Timeline({
  read,
  filter,
  onRetry,
}: {
  readonly read: ReadAudit;
  readonly filter: Filter;
  readonly onRetry: () => void;
}) {
  const { t } = useI18n();
  const problemText = useProblemText();
  const [pages, setPages] = useState<Pages>({ kind: 'loading' });
  const { actorId, deviceId, action } = filter;
  useEffect(() => {
    let isCurrent = true;
    void readPage(read, { actorId, deviceId, action }, null).then((answer) => isCurrent && setPages(answer));
    return () => {
      isCurrent = false;
    };
  }, [read, actorId, deviceId, action]);
  switch (pages.kind) {
    case 'loading':
      return <Loading />;
    case 'failed':
      return (
        <Stack align="flex-start">
          <Problem>{problemText(pages.code)}</Problem>
          <Button variant="default" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        </Stack>
      );
    case 'shown': {
      const more = async () => {
        const answer = await readPage(read, filter, pages.next);
        setPages(answer.kind === 'shown' ? { ...answer, entries: [...pages.entries, ...answer.entries] } : answer);
      };
      return (
        <>
          {pages.entries.length === 0 ? <Empty>{t('audit.none')}</Empty> : <EntryTable entries={pages.entries} />}
          {pages.next !== null && (
            <Button variant="default" onClick={() => void more()}>
              {t('audit.more')}
            </Button>
          )}
        </>
      );
    }
  }
}

async function readPage(read: ReadAudit, filter: Filter, from: number | null): Promise<Exclude<Pages, { kind: 'loading' }>> {
  const wanted = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''));
  try {
    const { entries, next } = await read({ ...wanted, limit: PAGE, order: 'newest', ...(from === null ? {} : { from }) });
    return { kind: 'shown', entries, next };
  } catch (error) {
    return { kind: 'failed', code: error instanceof AuditProblem ? error.code : 'bad_answer' };
  }
}

function EntryTable({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const { t, format, findLabel } = useI18n();
  const problemText = useProblemText();
  const members = useRecords('member');
  const devices = useRecords('device');
  const people = new Map(members.kind === 'ready' ? members.value.map(({ id, name }) => [id, name]) : []);
  const tablets = new Map(devices.kind === 'ready' ? devices.value.map(({ id, name }) => [id, name]) : []);
  const rows = entries.flatMap((entry) => {
    const leaf = auditLeafSchema.safeParse(JSON.parse(entry.leaf)).data;
    if (!leaf) return [];
    const reasons = leaf.codes.map(problemText).join('; ');
    return {
      key: String(entry.index),
      cells: [
        format.number(entry.index),
        format.dateTime(leaf.at),
        leaf.actorId === null ? '' : (people.get(leaf.actorId) ?? leaf.actorId),
        leaf.deviceId === null ? t('audit.server') : (tablets.get(leaf.deviceId) ?? t('audit.server')),
        findLabel(`act.${leaf.action}`) ?? leaf.action,
        <div key="verdict">
          {findLabel(`verdict.${leaf.verdict}`) ?? leaf.verdict}
          {reasons !== '' && (
            <Text size="sm" c="dimmed">
              {reasons}
            </Text>
          )}
        </div>,
      ],
    };
  });
  return (
    <StackTable
      label={t('audit.title')}
      columns={[
        { header: t('audit.index') },
        { header: t('audit.time') },
        { header: t('audit.who') },
        { header: t('audit.device') },
        { header: t('audit.action') },
        { header: t('audit.verdict') },
      ]}
      rows={rows}
    />
  );
}

function VerifyButton({ read }: { readonly read: ReadAudit }) {
  const { t } = useI18n();
  const [verification, setVerification] = useState<Verification | null>(null);
  const isWanted = useRef(false);
  const isRunning = verification?.kind === 'running';
  const verify = async () => {
    isWanted.current = true;
    setVerification({ kind: 'running', done: 0, total: 0 });
    const result = await verifyWholeLog(read, hash, (progress) => {
      setVerification(progress);
      return isWanted.current;
    });
    setVerification(result);
  };
  return (
    <Stack gap="xs">
      {isRunning ? (
        <Button
          variant="default"
          onClick={() => {
            isWanted.current = false;
          }}
        >
          {t('audit.stop')}
        </Button>
      ) : (
        <Button onClick={() => void verify()}>{t('audit.verify')}</Button>
      )}
      {verification !== null && <VerificationResult verification={verification} />}
    </Stack>
  );
}

function VerificationResult({ verification }: { readonly verification: Verification }) {
  const { t } = useI18n();
  const problemText = useProblemText();
  switch (verification.kind) {
    case 'running': {
      const { done, total } = verification;
      return (
        <div role="status">
          <Progress value={total === 0 ? 0 : (100 * done) / total} aria-label={t('audit.verify')} />
          <Text size="sm">{t('audit.verifying', { done, total })}</Text>
        </div>
      );
    }
    case 'good':
      return (
        <Done>
          {t('audit.good', { size: verification.size })} <Code>{verification.head.slice(0, 16)}</Code>
        </Done>
      );
    case 'bad':
      return <Problem>{t('audit.bad', { index: verification.index, fault: t(`fault.${verification.fault}`) })}</Problem>;
    case 'shorter':
      return <Problem>{t('audit.shorter', { size: verification.size, head: verification.headSize })}</Problem>;
    case 'failed':
      return <Problem>{problemText(verification.code)}</Problem>;
  }
}

function hash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
