import { Alert, Button, Card, Group, Stack, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { MUTATIONS } from '#schema/mutations/registry.ts';
import type { FieldConflict } from '#schema/sync/receipt.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { VerdictBadge, WorkStatus } from '../../ui/status.tsx';
import type { QueueEntry } from '../../workspace.ts';
import { describeEntered, describeValue } from './describe-values.ts';
import { type EntryView, viewEntry } from './queue-view.ts';
import { useEditAgain } from './use-edit-again.tsx';
import { useNames } from './use-names.ts';

/** One own act: what it was, how far it came, and what to do when something is wrong. What was entered always stays readable. */
export function EntryCard({ entry }: { readonly entry: QueueEntry }) {
  const { format, findLabel } = useI18n();
  const { device } = useWorkspace();
  const { mutation, stage } = entry;
  const view = viewEntry(entry);
  return (
    <Card.Section withBorder p="sm" data-testid={`act-${mutation.n}`}>
      <Group justify="space-between">
        <div>
          <Text fw={600}>{findLabel(`act.${mutation.name}`) ?? mutation.name}</Text>
          <Text c="dimmed" fz="sm">
            {format.dateTime(mutation.madeAt)} · T{device.number}-{mutation.n}
          </Text>
        </div>
        <Group gap="xs">
          {view.kind === 'trouble' && <VerdictBadge verdict={view.verdict} />}
          <WorkStatus stage={stage} />
        </Group>
      </Group>
      {view.kind !== 'fine' && <Trouble entry={entry} view={view} />}
      <Entered entry={entry} isOpen={view.kind === 'trouble' && view.verdict === 'refused'} />
    </Card.Section>
  );
}

function Trouble({ entry, view }: { readonly entry: QueueEntry; readonly view: Exclude<EntryView, { kind: 'fine' }> }) {
  const { t, format } = useI18n();
  const problemText = useProblemText();
  const isSettled = view.kind === 'trouble' && view.state !== 'open';
  const reasons = view.codes.map(problemText).join('; ');
  return (
    <Alert mt="xs" color={isSettled ? 'gray' : view.kind === 'trouble' && view.verdict === 'flagged' ? 'yellow' : 'red'}>
      <Stack gap="xs">
        <Text>{view.kind === 'will_be_refused' ? t('sync.willBeRefused', { reasons }) : reasons}</Text>
        {view.kind === 'trouble' && (
          <>
            <Text fz="sm">{t(`sync.meaning.${view.verdict}`)}</Text>
            {view.dependsOn !== null && <Text fz="sm">{t('sync.dependsOn', { n: view.dependsOn })}</Text>}
            {view.amountMinor !== null && (
              <Text fz="sm">{t('sync.effectMoney', { amount: format.signedMoney(view.amountMinor) })}</Text>
            )}
            {view.units !== null && <Text fz="sm">{t('sync.effectUnits', { units: format.signedNumber(view.units) })}</Text>}
            {view.conflicts.length > 0 && <ConflictTable conflicts={view.conflicts} />}
            {view.state === 'resolved' && <ResolvedBy entry={entry} />}
            {view.state === 'open' && <Choices entry={entry} view={view} />}
          </>
        )}
      </Stack>
    </Alert>
  );
}

/** What was there, what I entered, what is there now (SY23). */
function ConflictTable({ conflicts }: { readonly conflicts: readonly FieldConflict[] }) {
  const words = useI18n();
  const nameOf = useNames();
  const { t, findLabel } = words;
  const show = (field: string, value: FieldConflict['base']) => describeValue(field, value, words, nameOf) || t('common.none');
  return (
    <Table.ScrollContainer minWidth={420}>
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
          {conflicts.map(({ field, base, mine, theirs }) => (
            <Table.Tr key={field}>
              <Table.Td>{findLabel(`field.${field}`) ?? field}</Table.Td>
              <Table.Td>{show(field, base)}</Table.Td>
              <Table.Td fw={600}>{show(field, mine)}</Table.Td>
              <Table.Td>{show(field, theirs)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Safe choices: nothing here throws away what was entered. */
function Choices({ entry, view }: { readonly entry: QueueEntry; readonly view: Extract<EntryView, { kind: 'trouble' }> }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const again = useEditAgain(entry);
  const itemId = entry.mutation.args.itemId;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {again.canSend && (
          <Button variant="default" loading={again.isBusy} onClick={() => void again.send()}>
            {t('sync.useMine')}
          </Button>
        )}
        {typeof itemId === 'string' && (
          <Button variant="default" component={Link} to={`/stock/${itemId}`}>
            {t('sync.openItem')}
          </Button>
        )}
        <Button variant="default" onClick={() => workspace.dismiss(entry.mutation.n)}>
          {t(view.verdict === 'merged' ? 'sync.keepTheirs' : 'sync.dismiss')}
        </Button>
      </Group>
      {again.outcome}
    </Stack>
  );
}

function ResolvedBy({ entry }: { readonly entry: QueueEntry }) {
  const { t, format } = useI18n();
  const nameOf = useNames();
  const { exception } = entry;
  if (exception?.resolvedAt == null) return null;
  const who = nameOf(exception.resolvedBy ?? '') ?? t('common.someone');
  return (
    <Text fz="sm">
      {t('sync.resolvedBy', { who, when: format.dateTime(exception.resolvedAt), text: exception.resolution ?? '' })}
    </Text>
  );
}

/** What I entered, in plain words, line by line. */
function Entered({ entry, isOpen }: { readonly entry: QueueEntry; readonly isOpen: boolean }) {
  const words = useI18n();
  const nameOf = useNames();
  const { mutation } = entry;
  const isKnown = MUTATIONS.has(mutation.name);
  return (
    <details open={isOpen}>
      <summary style={{ minHeight: 44, paddingBlock: 10, cursor: 'pointer' }}>{words.t('sync.entered')}</summary>
      {isKnown ? (
        describeEntered(mutation.args, words, nameOf).map(({ label, value, depth }, index) => (
          <Text key={`${index} ${label}`} ps={depth * 16} fz="sm" className="figures">
            <Text span inherit c="dimmed">
              {label}
            </Text>{' '}
            {value}
          </Text>
        ))
      ) : (
        <pre style={{ overflow: 'auto', maxWidth: '100%' }}>{JSON.stringify(mutation.args, null, 2)}</pre>
      )}
    </details>
  );
}
