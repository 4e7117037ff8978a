import { Button, Card, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { TabletState } from '#schema/api/devices.ts';
import { canDo } from '#schema/permissions.ts';
import { useRecords, useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { Outcome } from '../ui/outcome.tsx';
import { StackTable } from '../ui/stack-table.tsx';
import type { CommandResult } from '../workspace.ts';
import { missingOf } from './missing-of.ts';
import { type ReadTablets, readTabletsOverHttp } from './read-tablets.ts';
import { useTablets } from './use-tablets.ts';

/** Exceptions looked through for tablets that are gone. */
const TASKS_READ = 200;

/** The tablets of the pharmacy for who manages them: up to where each was received, when it was heard of, and which are gone (SY25). */
export function TabletsCard({ read = readTabletsOverHttp }: { readonly read?: ReadTablets }) {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const { actor, device } = workspace;
  const tablets = useTablets(read);
  if (!canDo(actor.role, 'view.devices')) return null;
  const inUse = tablets?.filter(({ status }) => status !== 'lost') ?? [];
  const cellsOf = (tablet: TabletState) => {
    const { id, name, number, receivedN, heardAt } = tablet;
    return [
      t('shell.device', { name, number }),
      receivedN === 0 ? t('tablets.nothing') : `T${number}-${receivedN}`,
      heardAt === null ? t('tablets.never') : format.ago(heardAt, workspace.now()),
      id === device.id
        ? t('tablets.own')
        : canDo(actor.role, 'device.declareLost') && <DeclareLost key="declareLost" tablet={tablet} />,
    ];
  };
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t('tablets.title')}
      </Title>
      <GoneTablets />
      {tablets === null ? (
        <Text c="dimmed">{t('tablets.needsNetwork')}</Text>
      ) : (
        <StackTable
          label={t('tablets.title')}
          columns={[
            { header: t('tablets.tablet') },
            { header: t('tablets.received') },
            { header: t('tablets.heard') },
            { header: '', isFigure: true },
          ]}
          rows={inUse.map((tablet) => ({ key: tablet.id, cells: cellsOf(tablet) }))}
        />
      )}
    </Card>
  );
}

function DeclareLost({ tablet }: { readonly tablet: TabletState }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [isOpen, setIsOpen] = useState(false);
  const [note, setNote] = useState('');
  const [result, setResult] = useState<CommandResult | null>(null);
  const { id: deviceId, name, number, receivedN } = tablet;
  const declare = async () => {
    const declared = await workspace.run('device.declareLost', { deviceId, receivedN, note: note.trim() });
    setResult(declared);
    if (declared.kind === 'saved') setIsOpen(false);
  };
  return (
    <>
      <Button variant="default" size="sm" onClick={() => setIsOpen(true)}>
        {t('tablets.declareLost')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={t('tablets.lostTitle', { device: t('shell.device', { name, number }) })}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void declare();
          }}
        >
          <Stack>
            <Text>{t('tablets.lostBody', { number, n: receivedN })}</Text>
            <TextInput
              label={t('tablets.lostNote')}
              value={note}
              onChange={({ currentTarget }) => setNote(currentTarget.value)}
              maxLength={1_000}
            />
            <Outcome result={result} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setIsOpen(false)}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" color="red" disabled={note.trim() === ''}>
                {t('tablets.declareLost')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

/** What may be missing of tablets that are gone and whose task nobody has dealt with. */
function GoneTablets() {
  const { t } = useI18n();
  const tasks = useRecords('exception', { status: 'open', limit: TASKS_READ });
  const gone = tasks.kind === 'ready' ? tasks.value.flatMap((task) => missingOf(task) ?? []) : [];
  return (
    <>
      {gone.map(({ id, name, number, receivedN, madeN }) => {
        const words = { device: t('shell.device', { name, number }), number, n: receivedN };
        return (
          <Text key={id} mb="xs">
            {madeN === null
              ? t('tablets.mayMiss', words)
              : madeN <= receivedN
                ? t('tablets.missesNothing', words)
                : t('tablets.misses', { ...words, first: receivedN + 1, last: madeN })}
          </Text>
        );
      })}
    </>
  );
}
