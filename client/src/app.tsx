import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { BrowserRouter } from 'react-router';
import { createWorkspace, type OpenWorkspace } from './create-workspace.ts';
import type { ClientEnv } from './env.ts';
import { SignInPage } from './features/sign-in/sign-in-page.tsx';
import { useRecord, WorkspaceProvider } from './hooks.ts';
import { I18nProvider, useI18n } from './i18n/i18n-context.tsx';
import { Screens } from './routes.tsx';
import type { ItemSearch } from './search/worker-search.ts';
import { type KeptSession, keptSession, signOut } from './session.ts';
import { InsecureNotice } from './shell/insecure-notice.tsx';
import { ShortcutProvider } from './ui/shortcuts.tsx';
import { Loading, Problem } from './ui/states.tsx';

interface AppProps {
  readonly env: ClientEnv;
  readonly startSearch: () => ItemSearch;
  readonly watchForUpdate: (onWaiting: (accept: () => void) => void) => void;
  /** Browser features that saving needs and this address lacks. */
  readonly missing: readonly string[];
}

/** The app: signed out, or the workspace of whoever works on this tablet. */
export function App({ env, startSearch, watchForUpdate, missing }: AppProps) {
  const [session, setSession] = useState<KeptSession | null>(() => keptSession(env));
  const [acceptUpdate, setAcceptUpdate] = useState<(() => void) | null>(null);
  useEffect(() => watchForUpdate((accept) => setAcceptUpdate(() => accept)), [watchForUpdate]);
  const closed = useRef(Promise.resolve());
  const leave = useCallback(() => {
    signOut(env).then(
      () => setSession(null),
      () => setSession(null),
    );
  }, [env]);
  return (
    <I18nProvider locale={navigator.language} currency="EUR" timeZone={undefined}>
      <InsecureNotice missing={missing} />
      {acceptUpdate !== null && <UpdateNotice onAccept={acceptUpdate} onLater={() => setAcceptUpdate(null)} />}
      {session === null ? (
        <SignInPage env={env} onSession={setSession} />
      ) : (
        <Work key={session.tenant.id} env={env} session={session} startSearch={startSearch} closed={closed} onLeave={leave} />
      )}
    </I18nProvider>
  );
}

function Work({
  env,
  session,
  startSearch,
  closed,
  onLeave,
}: Omit<AppProps, 'watchForUpdate' | 'missing'> & {
  readonly session: KeptSession;
  /** Resolves when the workspace before is closed. */
  readonly closed: RefObject<Promise<void>>;
  readonly onLeave: () => void;
}) {
  const { t } = useI18n();
  const [opened, setOpened] = useState<OpenWorkspace | Error | null>(null);
  useEffect(() => {
    let isCurrent = true;
    // A page holds its stores once: the workspace before this one, if any, is closed first.
    const opening = closed.current.then(() => createWorkspace(env, session, startSearch()));
    opening.then(
      (workspace) => isCurrent && setOpened(workspace),
      (error: unknown) => isCurrent && setOpened(error instanceof Error ? error : new Error(String(error))),
    );
    return () => {
      isCurrent = false;
      closed.current = opening.then((workspace) => workspace.close()).catch(() => undefined);
    };
  }, [env, session, startSearch, closed]);
  if (opened === null) return <Loading />;
  if (opened instanceof Error) return <Problem>{t('state.crashBody', { problem: opened.message })}</Problem>;
  return (
    <WorkspaceProvider workspace={opened}>
      <ShopWords>
        <BrowserRouter>
          <ShortcutProvider>
            <Screens onLeave={onLeave} />
          </ShortcutProvider>
        </BrowserRouter>
      </ShopWords>
    </WorkspaceProvider>
  );
}

/** Money and times as the shop's settings say, once they are known. */
function ShopWords({ children }: { readonly children: React.ReactNode }) {
  const shop = useRecord('shop', 'shop');
  const known = shop.kind === 'ready' ? shop.value : null;
  return (
    <I18nProvider locale={navigator.language} currency={known?.currency ?? 'EUR'} timeZone={known?.timeZone}>
      {children}
    </I18nProvider>
  );
}

function UpdateNotice({ onAccept, onLater }: { readonly onAccept: () => void; readonly onLater: () => void }) {
  const { t } = useI18n();
  return (
    <Alert color="blue" title={t('shell.updateTitle')} role="status">
      <Stack gap="xs">
        <Text>{t('shell.updateBody')}</Text>
        <Group>
          <Button onClick={onAccept}>{t('shell.updateNow')}</Button>
          <Button variant="default" onClick={onLater}>
            {t('shell.updateLater')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
