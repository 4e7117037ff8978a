import { Badge, Button, Card, Group, Select, Stack, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { RESOLUTION_TYPES, type ResolutionType } from '#schema/domain/reconciliation.ts';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import { type Reconciliation, reconciliationIdOf } from '#schema/records/reconciliation.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useRecord, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import { CloseSlip } from './close-slip.tsx';
import { CountAttempts } from './count-attempts.tsx';
import { Figures, methodName } from './figures.tsx';
import { Recount } from './recount.tsx';
import { RepeatedShortages } from './repeated-shortages.tsx';
import { Review } from './review.tsx';
import { SessionLedgers } from './session-ledgers.tsx';

/** What a person may add by hand; late arrivals come by themselves (C15), and another count is taken from the list of counts. */
const STEP_TYPES = RESOLUTION_TYPES.filter(isStepType);
type StepType = Exclude<MutationArgs<'reconciliation.addStep'>['type'], 'RECOUNT'>;

function isStepType(type: ResolutionType): type is StepType {
  return type !== 'LATE_ARRIVAL' && type !== 'RECOUNT';
}

interface SessionProps {
  readonly session: CashSession;
  readonly tillName: string;
  readonly shop: Shop;
}

/** A closed session: its Z, what differed, the steps that explain it, submit and approve. */
export function ReconcileSession({ session, tillName, shop }: SessionProps) {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const report = useRecord('zReport', session.zReportId ?? 'none');
  const reconciliation = useRecord('reconciliation', reconciliationIdOf(session.id));
  const { result, save } = useEntry();
  const act = <Name extends MutationName>(name: Name, args: MutationArgs<Name>) => save(() => workspace.run(name, args));
  const known = reconciliation.kind === 'ready' ? reconciliation.value : null;
  const isEditable = known?.status === 'draft' || known?.status === 'rejected';
  const z = report.kind === 'ready' ? report.value : null;
  return (
    <Card withBorder role="region" aria-label={tillName}>
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4">
            {t('close.session', { till: tillName, date: format.date(session.businessOn) })}
          </Title>
          <Badge size="lg" variant="light" tt="none" className="wraps" data-testid="z-number">
            {z === null
              ? t('close.provisional', { number: session.provisionalNo ?? '' })
              : t('close.z', { number: z.number, till: tillName, date: format.date(z.businessOn) })}
          </Badge>
        </Group>
        <CloseSlip session={session} tillName={tillName} report={z} />
        <RepeatedShortages session={session} shop={shop} />
        {reconciliation.kind === 'ready' && known === null && (
          <Button onClick={() => void act('reconciliation.start', { sessionId: session.id })}>{t('close.start')}</Button>
        )}
        {known !== null && <Figures reconciliation={known} shop={shop} />}
        {known !== null && <SessionLedgers session={session} shop={shop} />}
        {known !== null && (
          <CountAttempts
            reconciliation={known}
            isEditable={isEditable}
            onTake={(args) => void act('reconciliation.addStep', args)}
          />
        )}
        {known !== null && <Recount session={session} shop={shop} />}
        {known !== null && isEditable && (
          <>
            <AddStep reconciliation={known} shop={shop} onAdd={(args) => void act('reconciliation.addStep', args)} />
            <Button
              onClick={() =>
                void act('reconciliation.submit', { sessionId: session.id, revision: known.revision, steps: stepIdsOf(known) })
              }
            >
              {t('close.submit')}
            </Button>
          </>
        )}
        {known !== null && <Review reconciliation={known} act={act} />}
        <Outcome result={result} />
      </Stack>
    </Card>
  );
}

function AddStep({
  reconciliation,
  shop,
  onAdd,
}: {
  readonly reconciliation: Reconciliation;
  readonly shop: Shop;
  readonly onAdd: (args: MutationArgs<'reconciliation.addStep'>) => void;
}) {
  const { t } = useI18n();
  const [type, setType] = useState<StepType>('MISSING_RECEIPT');
  const [methodId, setMethodId] = useState(reconciliation.variances[0]?.methodId ?? '');
  const [amountMinor, setAmountMinor] = useState<number | null>(null);
  const [note, setNote] = useState('');
  const add = () =>
    onAdd({
      sessionId: reconciliation.sessionId,
      type,
      methodId,
      toMethodId: null,
      amountMinor: amountMinor ?? 0,
      target: type === 'WRITE_OFF' ? 'written_off' : 'explained',
      note,
      evidence: null,
      attempt: null,
      counts: null,
    });
  return (
    <Group align="end">
      <Select
        label={t('close.stepType')}
        data={STEP_TYPES.map((value) => ({ value, label: t(`step.${value}`) }))}
        value={type}
        onChange={(value) => setType(STEP_TYPES.find((one) => one === value) ?? 'OTHER')}
        allowDeselect={false}
      />
      <Select
        label={t('close.variance')}
        data={reconciliation.variances.map((one) => ({ value: one.methodId, label: methodName(shop, one.methodId) }))}
        value={methodId}
        onChange={(value) => setMethodId(value ?? '')}
        allowDeselect={false}
      />
      <MoneyInput label={t('close.stepAmount')} onChange={setAmountMinor} allowNegative />
      <TextInput label={t('close.stepNote')} value={note} onChange={({ currentTarget }) => setNote(currentTarget.value)} />
      <Button variant="default" onClick={add} disabled={amountMinor === null}>
        {t('close.addStep')}
      </Button>
    </Group>
  );
}

function stepIdsOf({ steps }: Reconciliation): string[] {
  return steps.map(({ id }) => id);
}
