import {
  ActionIcon,
  AppShell,
  Box,
  Flex,
  Group,
  Modal,
  NavLink,
  Stack,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import { useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { CrashBoundary } from '../ui/crash-boundary.tsx';
import { Icon } from '../ui/icons.tsx';
import { useShortcut } from '../ui/shortcuts.tsx';
import { LeaveButtons } from './leave-buttons.tsx';
import { Notices, useIsOutdated } from './notices.tsx';
import { type Screen, screensFor } from './screens.ts';
import { SyncBadge } from './sync-badge.tsx';

/** Frame of every screen: navigation at the side (tablet, PC) or below (phone), who is working, and the badge. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { t } = useI18n();
  const { actor, tenant } = useWorkspace();
  const { pathname } = useLocation();
  const screens = screensFor(actor.role);
  return (
    <AppShell
      header={{ height: { base: 84, sm: 60 } }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 64, sm: 0 } }}
      padding="md"
    >
      <a href="#content" className="skip-link">
        {t('nav.skip')}
      </a>
      <AppShell.Header>
        <Flex
          h="100%"
          px="md"
          gap={{ base: 0, sm: 'xs' }}
          direction={{ base: 'column', sm: 'row' }}
          align={{ base: 'stretch', sm: 'center' }}
          justify={{ base: 'center', sm: 'space-between' }}
        >
          <Text fw={700} truncate visibleFrom="sm">
            {tenant.name}
          </Text>
          <WhoIsWorking />
          <SyncBadge />
        </Flex>
      </AppShell.Header>
      <AppShell.Navbar p="xs" visibleFrom="sm">
        <Stack h="100%" justify="space-between">
          <nav aria-label={t('nav.label')}>
            {screens.map((screen, index) => (
              <SideLink key={screen.path} screen={screen} combo={`Alt+${index + 1}`} />
            ))}
          </nav>
          <Group justify="space-between">
            <LeaveButtons />
            <ColorSwitch />
          </Group>
        </Stack>
      </AppShell.Navbar>
      <AppShell.Footer hiddenFrom="sm">
        <BottomBar screens={screens} />
      </AppShell.Footer>
      <AppShell.Main id="content" tabIndex={-1}>
        <Notices />
        <ReadOnlyWhenOutdated>
          <CrashBoundary key={pathname}>{children}</CrashBoundary>
        </ReadOnlyWhenOutdated>
      </AppShell.Main>
    </AppShell>
  );
}

/** Screens whose fields are for looking things up, or for getting the work out of here. */
const ALWAYS_USABLE = /^\/(?:stock|sync|audit)/;

/** Switches off what would enter something while this version may not (SY13); the notice above says why. */
function ReadOnlyWhenOutdated({ children }: { readonly children: ReactNode }) {
  const { pathname } = useLocation();
  const isOff = useIsOutdated() && !ALWAYS_USABLE.test(pathname);
  return (
    <fieldset disabled={isOff} style={{ display: 'contents' }}>
      {children}
    </fieldset>
  );
}

function WhoIsWorking() {
  const { t } = useI18n();
  const { actor, device } = useWorkspace();
  return (
    <Text size="sm" c="dimmed" truncate style={{ flexShrink: 1 }} data-testid="who">
      {t('shell.who', {
        name: actor.name,
        role: t(`role.${actor.role}`),
        device: t('shell.device', { name: device.name, number: device.number }),
      })}
    </Text>
  );
}

function SideLink({ screen, combo }: { readonly screen: Screen; readonly combo: string }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const isHere = useIsHere(screen.path);
  useShortcut(combo, t('keys.go', { screen: t(screen.label) }), () => void navigate(screen.path));
  return (
    <NavLink
      component={Link}
      to={screen.path}
      label={t(screen.label)}
      leftSection={<Icon name={screen.icon} />}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      mih={48}
    />
  );
}

function BottomBar({ screens }: { readonly screens: readonly Screen[] }) {
  const { t } = useI18n();
  const { pathname } = useLocation();
  // Open belongs to the page it was opened on, so that following a link closes it.
  const [openAt, setOpenAt] = useState<string | null>(null);
  return (
    <nav className="bottom-bar" aria-label={t('nav.label')}>
      {screens
        .filter(({ onPhone }) => onPhone)
        .map((screen) => (
          <BottomLink key={screen.path} screen={screen} />
        ))}
      <a
        href="#more"
        role="button"
        aria-haspopup="dialog"
        onClick={(event) => {
          event.preventDefault();
          setOpenAt(pathname);
        }}
      >
        <Icon name="more" />
        {t('nav.more')}
      </a>
      <Modal
        opened={openAt === pathname}
        onClose={() => setOpenAt(null)}
        title={t('nav.more')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Stack gap="xs">
          {screens
            .filter(({ onPhone }) => !onPhone)
            .map((screen) => (
              <NavLink
                key={screen.path}
                component={Link}
                to={screen.path}
                label={t(screen.label)}
                leftSection={<Icon name={screen.icon} />}
                mih={48}
              />
            ))}
          <Group justify="space-between">
            <LeaveButtons />
            <ColorSwitch />
          </Group>
        </Stack>
      </Modal>
    </nav>
  );
}

function BottomLink({ screen }: { readonly screen: Screen }) {
  const { t } = useI18n();
  const isHere = useIsHere(screen.path);
  return (
    <Link to={screen.path} aria-current={isHere ? 'page' : undefined}>
      <Icon name={screen.icon} />
      {t(screen.short)}
    </Link>
  );
}

function ColorSwitch() {
  const { t } = useI18n();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <Box>
      <ActionIcon
        variant="default"
        aria-label={t(isDark ? 'shell.lightMode' : 'shell.darkMode')}
        onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
      >
        <Icon name={isDark ? 'sun' : 'moon'} />
      </ActionIcon>
    </Box>
  );
}

function useIsHere(path: string): boolean {
  const { pathname } = useLocation();
  return path === '/' ? pathname === '/' : pathname.startsWith(path);
}
