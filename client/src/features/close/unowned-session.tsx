import { Alert, Button, Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import { canDo } from '#schema/permissions.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import type { Till } from '#schema/records/till.ts';
import { useRecord, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import { useMemberName } from './use-member-name.ts';

/** Two tablets opened one till: says who did and when, and lets a manager say whether it was one drawer or two (case 3). */
export function UnownedSession({ session, tills }: { readonly session: CashSession; readonly tills: readonly Till[] }) {
  const { t, format } = useI18n();
  const { actor } = useWorkspace();
  const till = tills.find(({ id }) => id === session.tillId);
  const own = useRecord('cashSession', till?.openSessionId ?? 'none');
  const other = own.kind === 'ready' ? own.value : null;
  const who = useMemberName(session.openedBy);
  const otherWho = useMemberName(other?.openedBy ?? null);
  const tillName = till?.name ?? '';
  return (
    <Alert
      color="yellow"
      title={t('close.twice', { till: tillName })}
      role="region"
      aria-label={t('close.twice', { till: tillName })}
    >
      <Stack gap="xs">
        {other !== null && <Text>{t('close.twiceFirst', { who: otherWho, time: format.dateTime(other.openedAt) })}</Text>}
        <Text>
          {t('close.twiceSecond', { who, time: format.dateTime(session.openedAt), amount: format.money(session.floatMinor) })}
        </Text>
        <Text>{t('close.twiceSafe')}</Text>
        {canDo(actor.role, 'cashSession.join') ? (
          <Settle session={session} other={other} tills={tills} />
        ) : (
          <Text>{t('close.twiceManager')}</Text>
        )}
      </Stack>
    </Alert>
  );
}

function Settle({
  session,
  other,
  tills,
}: {
  readonly session: CashSession;
  readonly other: CashSession | null;
  readonly tills: readonly Till[];
}) {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const free = tills.filter(({ openSessionId }) => openSessionId === null);
  const [isFloatShared, setFloatShared] = useState(true);
  const [tillId, setTillId] = useState('');
  const { result, save } = useEntry();
  const act = <Name extends MutationName>(name: Name, args: MutationArgs<Name>) => save(() => workspace.run(name, args));
  const wanted = tillId === '' ? free[0]?.id : tillId;
  return (
    <Stack gap="xs">
      {other !== null && (
        <Group>
          <Button onClick={() => void act('cashSession.join', { sessionId: session.id, intoSessionId: other.id, isFloatShared })}>
            {t('close.join')}
          </Button>
          <Checkbox
            label={t('close.floatTwice', { amount: format.money(session.floatMinor) })}
            checked={isFloatShared}
            onChange={({ currentTarget }) => setFloatShared(currentTarget.checked)}
          />
        </Group>
      )}
      {wanted !== undefined && (
        <Group align="end">
          <NativeSelect
            label={t('close.moveTo')}
            value={wanted}
            onChange={({ currentTarget }) => setTillId(currentTarget.value)}
            data={free.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <Button variant="default" onClick={() => void act('cashSession.moveToTill', { sessionId: session.id, tillId: wanted })}>
            {t('close.move')}
          </Button>
        </Group>
      )}
      <Outcome result={result} />
    </Stack>
  );
}
