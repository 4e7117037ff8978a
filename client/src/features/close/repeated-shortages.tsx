import { Alert } from '@mantine/core';
import { hasRepeatedShortages } from '#schema/domain/variance.ts';
import { canDo } from '#schema/permissions.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import { reconciliationIdOf } from '#schema/records/reconciliation.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useRecord, useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';

/** Closes looked at: 30 days of a shop with several tills. */
const LOOKS_BACK = 300;

/** Tells a manager that one person's drawers came out short three times in 30 days (C8); an average of nothing, only the closes themselves. */
export function RepeatedShortages({ session, shop }: { readonly session: CashSession; readonly shop: Shop }) {
  const { t } = useI18n();
  const { actor } = useWorkspace();
  const sessions = useRecords('cashSession', { descending: true, limit: LOOKS_BACK });
  const reconciliations = useRecords('reconciliation', { descending: true, limit: LOOKS_BACK });
  const cashier = useRecord('member', session.closedBy ?? 'none');
  if (!canDo(actor.role, 'reconciliation.approve')) return null;
  if (sessions.kind === 'loading' || reconciliations.kind === 'loading') return null;
  const known = new Map(reconciliations.value.map((one) => [one.id, one]));
  const closes = sessions.value
    .filter(({ closedBy }) => closedBy !== null && closedBy === session.closedBy)
    .flatMap(({ id, businessOn }) => {
      const variances = known.get(reconciliationIdOf(id))?.variances ?? [];
      // One close is one shortage, whichever of its methods came out shortest.
      const shortest = Math.min(0, ...variances.map(({ varianceMinor }) => varianceMinor));
      return [{ businessOn, varianceMinor: shortest }];
    });
  if (!hasRepeatedShortages(closes, session.businessOn, shop.varianceLimits)) return null;
  const name = cashier.kind === 'ready' && cashier.value ? cashier.value.name : t('common.someone');
  return (
    <Alert color="orange" role="status">
      {t('close.repeatedShortages', { name })}
    </Alert>
  );
}
