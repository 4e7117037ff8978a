import { AppShell, Burger, Button, Group, NavLink, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { Link, Route, Routes, useLocation } from 'react-router';
import { FirstDownload } from './features/sync-centre/first-download.tsx';
import { TodayPage } from './features/today/today-page.tsx';
import { useSyncStatus, useWorkspace } from './hooks.ts';
import { useI18n } from './i18n/i18n-context.tsx';
import { Loading } from './ui/states.tsx';
import { SyncBadge } from './ui/sync-badge.tsx';

const CounterPage = lazy(async () => ({ default: (await import('./features/counter/counter-page.tsx')).CounterPage }));
const ClosePage = lazy(async () => ({ default: (await import('./features/close/close-page.tsx')).ClosePage }));
const StockPage = lazy(async () => ({ default: (await import('./features/stock/stock-page.tsx')).StockPage }));
const ItemPage = lazy(async () => ({ default: (await import('./features/stock/item-page.tsx')).ItemPage }));
const CountsPage = lazy(async () => ({ default: (await import('./features/counts/counts-page.tsx')).CountsPage }));
const SyncCentrePage = lazy(async () => ({
  default: (await import('./features/sync-centre/sync-centre-page.tsx')).SyncCentrePage,
}));
const AuditPage = lazy(async () => ({ default: (await import('./features/audit/audit-page.tsx')).AuditPage }));

const PLACES = [
  { to: '/', label: 'nav.today' },
  { to: '/counter', label: 'nav.counter' },
  { to: '/close', label: 'nav.close' },
  { to: '/stock', label: 'nav.stock' },
  { to: '/counts', label: 'nav.counts' },
  { to: '/sync', label: 'nav.sync' },
  { to: '/audit', label: 'nav.audit' },
] as const;

/** The frame around every screen, and the screens. */
export function Screens({ onLeave }: { readonly onLeave: () => void }) {
  const { t } = useI18n();
  const { actor, device, tenant } = useWorkspace();
  const { pathname } = useLocation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const status = useSyncStatus();
  const hasReplica = status.kind === 'ready' && status.value.hasReplica;
  return (
    <AppShell header={{ height: 64 }} navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" aria-label={t('nav.label')} />
            <Text fw={700} visibleFrom="sm" truncate>
              {tenant.name}
            </Text>
          </Group>
          <Group wrap="nowrap">
            <Text visibleFrom="md" c="dimmed" data-testid="who">
              {t('shell.who', { name: actor.name, role: t(`role.${actor.role}`), device: device.name })}
            </Text>
            <SyncBadge />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <ScrollArea style={{ flex: 1 }}>
          <nav aria-label={t('nav.label')}>
            {PLACES.map(({ to, label }) => (
              <NavLink
                key={to}
                component={Link}
                to={to}
                label={t(label)}
                active={to === '/' ? pathname === '/' : pathname.startsWith(to)}
                onClick={close}
                py="sm"
              />
            ))}
          </nav>
        </ScrollArea>
        <Button variant="subtle" onClick={onLeave}>
          {t('shell.signOut')}
        </Button>
      </AppShell.Navbar>
      <AppShell.Main>
        {hasReplica ? (
          <Suspense fallback={<Loading />}>
            <Routes>
              <Route path="/" element={<TodayPage />} />
              <Route path="/counter" element={<CounterPage />} />
              <Route path="/close" element={<ClosePage />} />
              <Route path="/stock" element={<StockPage />} />
              <Route path="/stock/:itemId" element={<ItemPage />} />
              <Route path="/counts" element={<CountsPage />} />
              <Route path="/sync" element={<SyncCentrePage />} />
              <Route path="/audit" element={<AuditPage />} />
            </Routes>
          </Suspense>
        ) : (
          <FirstDownload />
        )}
      </AppShell.Main>
    </AppShell>
  );
}
