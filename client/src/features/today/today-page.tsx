import { Button, Card, Group, SimpleGrid, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { canDo } from '#schema/permissions.ts';
import type { Till } from '#schema/records/till.ts';
import { useRecord, useRecords, useSyncStatus, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { TabletsCard } from '../../tablets/tablets-card.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import { DayCard } from './day-card.tsx';

/** The start: tills and their next step, what needs me, what is unsent. Shows no expected drawer (C6). */
export function TodayPage() {
  const { t } = useI18n();
  const { actor } = useWorkspace();
  const tills = useRecords('till');
  if (tills.kind === 'loading') return <Loading />;
  return (
    <Page title={t('today.title')}>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card withBorder>
          <Title order={2} size="h4" mb="sm">
            {t('today.tills')}
          </Title>
          <Stack>
            {tills.value.length === 0 && <Empty>{t('today.noTills')}</Empty>}
            {tills.value.map((till) => (
              <TillRow key={till.id} till={till} />
            ))}
            {canDo(actor.role, 'till.add') && <AddTill />}
          </Stack>
        </Card>
        <NeedsMe />
      </SimpleGrid>
      <DayCard />
      <TabletsCard />
    </Page>
  );
}

function TillRow({ till }: { readonly till: Till }) {
  const { t, format } = useI18n();
  const session = useRecord('cashSession', till.openSessionId ?? 'none');
  const open = session.kind === 'ready' ? session.value : null;
  const isOpen = till.openSessionId !== null;
  return (
    <Group justify="space-between" wrap="nowrap">
      <div>
        <Text fw={600}>{till.name}</Text>
        <Text c="dimmed">
          {open === null
            ? t('today.tillClosed')
            : open.status === 'counting'
              ? t('today.tillCounting')
              : t('today.tillOpen', { time: format.time(open.openedAt) })}
        </Text>
      </div>
      <Button component={Link} to={`/counter?till=${till.id}`} variant={isOpen ? 'filled' : 'light'}>
        {isOpen ? t('today.goSell', { till: till.name }) : t('today.openTill', { till: till.name })}
      </Button>
    </Group>
  );
}

function AddTill() {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [name, setName] = useState('');
  const { result, save } = useEntry(() => setName(''));
  const add = () => save(() => workspace.run('till.add', { name }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Group align="end">
        <TextInput
          label={t('today.tillName')}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          style={{ flex: 1 }}
        />
        <Button type="submit" variant="default" disabled={name.trim() === ''}>
          {t('today.addTill')}
        </Button>
      </Group>
      {result?.kind !== 'saved' && <Outcome result={result} />}
    </form>
  );
}

function NeedsMe() {
  const { t, format } = useI18n();
  const exceptions = useRecords('exception', { status: 'open', limit: 200 });
  const submitted = useRecords('reconciliation', { status: 'submitted', limit: 200 });
  const counts = useRecords('stockCount', { status: 'open', limit: 200 });
  const status = useSyncStatus();
  const openCounts = counts.kind === 'ready' ? counts.value.length : 0;
  const openExceptions = exceptions.kind === 'ready' ? exceptions.value.length : 0;
  const toApprove = submitted.kind === 'ready' ? submitted.value.length : 0;
  const unsent = status.kind === 'ready' ? status.value.unsent : 0;
  const attention = status.kind === 'ready' ? status.value.attention : 0;
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t('today.needsMe')}
      </Title>
      {openExceptions + toApprove + unsent + attention + openCounts === 0 && <Empty>{t('today.nothingNeedsMe')}</Empty>}
      <Table>
        <Table.Tbody>
          {attention > 0 && <Line to="/sync" text={t('today.attention', { count: attention })} />}
          {toApprove > 0 && <Line to="/close" text={t('today.reconciliations', { count: toApprove })} />}
          {openExceptions > 0 && <Line to="/sync" text={t('today.exceptions', { count: openExceptions })} />}
          {openCounts > 0 && <Line to="/counts" text={t('today.counts', { count: openCounts })} />}
          {unsent > 0 && <Line to="/sync" text={`${t('today.unsent')}: ${format.number(unsent)}`} />}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Line({ to, text }: { readonly to: string; readonly text: string }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Button component={Link} to={to} variant="subtle" px={0}>
          {text}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}
