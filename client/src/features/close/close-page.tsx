import { useRecord, useRecords } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { SilentTablets } from '../../tablets/silent-tablets.tsx';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import { CountTill } from './count-till.tsx';
import { ReconcileSession } from './reconcile-session.tsx';
import { SafeCard } from './safe-card.tsx';
import { UnownedSession } from './unowned-session.tsx';

/** Sessions of the last weeks that may still need somebody. */
const SESSIONS_SHOWN = 100;

/** Close of day: count each open till blind, then explain and approve what differs. */
export function ClosePage() {
  const { t } = useI18n();
  const shop = useRecord('shop', 'shop');
  const tills = useRecords('till');
  // One list, so that a session that moves from open to counting never is in neither, and what was typed stays.
  const sessions = useRecords('cashSession', { descending: true, limit: SESSIONS_SHOWN });
  if (shop.kind === 'loading' || tills.kind === 'loading' || sessions.kind === 'loading') return <Loading />;
  if (shop.value === null) return <Empty>{t('close.nothing')}</Empty>;
  const tillsById = new Map(tills.value.map((till) => [till.id, till]));
  const toCount = sessions.value.filter(({ status }) => status === 'open' || status === 'counting');
  const closed = sessions.value.filter(({ status }) => status === 'closed');
  const { value: settings } = shop;
  return (
    <Page title={t('close.title')}>
      <SilentTablets />
      {toCount.length + closed.length === 0 && <Empty>{t('close.nothing')}</Empty>}
      {toCount
        .filter(({ unowned }) => unowned)
        .map((session) => (
          <UnownedSession key={session.id} session={session} tills={tills.value} />
        ))}
      {toCount.map((session) => (
        <CountTill key={session.id} session={session} tillName={tillsById.get(session.tillId)?.name ?? ''} shop={settings} />
      ))}
      {closed.map((session) => (
        <ReconcileSession
          key={session.id}
          session={session}
          tillName={tillsById.get(session.tillId)?.name ?? ''}
          shop={settings}
        />
      ))}
      <SafeCard shop={settings} tills={tills.value} />
    </Page>
  );
}
