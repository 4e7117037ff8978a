import { useRecord, useRecords } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import { CountTill } from './count-till.tsx';
import { ReconcileSession } from './reconcile-session.tsx';

/** Sessions of the last weeks that may still need somebody. */
const CLOSED_SHOWN = 50;

/** Close of day: count each open till blind, then explain and approve what differs. */
export function ClosePage() {
  const { t } = useI18n();
  const shop = useRecord('shop', 'shop');
  const tills = useRecords('till');
  const open = useRecords('cashSession', { status: 'open' });
  const counting = useRecords('cashSession', { status: 'counting' });
  const closed = useRecords('cashSession', { status: 'closed', descending: true, limit: CLOSED_SHOWN });
  if (
    shop.kind === 'loading' ||
    tills.kind === 'loading' ||
    open.kind === 'loading' ||
    counting.kind === 'loading' ||
    closed.kind === 'loading'
  )
    return <Loading />;
  if (shop.value === null) return <Empty>{t('close.nothing')}</Empty>;
  const tillsById = new Map(tills.value.map((till) => [till.id, till]));
  const toCount = [...counting.value, ...open.value];
  const { value: settings } = shop;
  return (
    <Page title={t('close.title')}>
      {toCount.length + closed.value.length === 0 && <Empty>{t('close.nothing')}</Empty>}
      {toCount.map((session) => (
        <CountTill key={session.id} session={session} tillName={tillsById.get(session.tillId)?.name ?? ''} shop={settings} />
      ))}
      {closed.value.map((session) => (
        <ReconcileSession
          key={session.id}
          session={session}
          tillName={tillsById.get(session.tillId)?.name ?? ''}
          shop={settings}
        />
      ))}
    </Page>
  );
}
