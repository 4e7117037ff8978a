import { Button, Card, Group, SimpleGrid } from '@mantine/core';
import { useSearchParams } from 'react-router';
import type { CashSession } from '#schema/records/cash-session.ts';
import type { Shop } from '#schema/records/shop.ts';
import type { Till } from '#schema/records/till.ts';
import { useRecord, useRecords } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import { OpenTill } from './open-till.tsx';
import { SellPanel } from './sell-panel.tsx';
import { TillActions } from './till-actions.tsx';

/** The counter of one till: open it, sell, move cash, look at the X report. */
export function CounterPage() {
  const { t } = useI18n();
  const [params, setParams] = useSearchParams();
  const shop = useRecord('shop', 'shop');
  const tills = useRecords('till');
  if (shop.kind === 'loading' || tills.kind === 'loading') return <Loading />;
  if (shop.value === null || tills.value.length === 0) return <Empty>{t('counter.noTill')}</Empty>;
  const wanted = params.get('till');
  const till = tills.value.find(({ id }) => id === wanted) ?? (tills.value.length === 1 ? tills.value[0] : undefined);
  if (till) return <CounterOfTill key={till.id} till={till} shop={shop.value} />;
  return (
    <Page title={t('counter.chooseTill')}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {tills.value.map(({ id, name }) => (
          <Button key={id} size="xl" variant="light" onClick={() => setParams({ till: id })}>
            {name}
          </Button>
        ))}
      </SimpleGrid>
    </Page>
  );
}

function CounterOfTill({ till, shop }: { readonly till: Till; readonly shop: Shop }) {
  const session = useRecord('cashSession', till.openSessionId ?? 'none');
  if (session.kind === 'loading') return <Loading />;
  if (session.value === null) return <OpenTill till={till} shop={shop} />;
  return <OpenCounter till={till} shop={shop} session={session.value} />;
}

function OpenCounter({ till, shop, session }: { readonly till: Till; readonly shop: Shop; readonly session: CashSession }) {
  const { t } = useI18n();
  return (
    <Page title={`${t('counter.title')} · ${till.name}`}>
      <SellPanel shop={shop} session={session} />
      <Card withBorder>
        <Group align="start">
          <TillActions shop={shop} session={session} />
        </Group>
      </Card>
    </Page>
  );
}
