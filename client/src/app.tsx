import { lazy, type RefObject, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { BrowserRouter } from 'react-router';
import { type AppControls, AppControlsProvider } from './app-controls.ts';
import { createWorkspace, type OpenWorkspace, type WorkspaceEnd } from './create-workspace.ts';
import type { ClientEnv } from './env.ts';
import { useRecord, WorkspaceProvider } from './hooks.ts';
import { I18nProvider, useI18n } from './i18n/i18n-context.tsx';
import { resetDevice } from './safety/reset-device.ts';
import type { ItemSearch } from './search/worker-search.ts';
import { type KeptSession, keptSession, type Renewal, renewDevice, signOut, switchTenant } from './session.ts';
import { InsecureNotice } from './shell/insecure-notice.tsx';
import { UpdateOffer } from './shell/update-offer.tsx';
import { ShortcutProvider } from './ui/shortcuts.tsx';
import { Loading, Problem } from './ui/states.tsx';

// Whoever signs in does not need the screens yet, and whoever is signed in does not need that form.
const SignInPage = lazy(async () => ({ default: (await import('./features/sign-in/sign-in-page.tsx')).SignInPage }));
const Screens = lazy(async () => ({ default: (await import('./routes.tsx')).Screens }));

interface AppProps {
  readonly env: ClientEnv;
  readonly startSearch: () => ItemSearch;
  readonly watchForUpdate: (onWaiting: (accept: () => void) => void) => void;
  /** Browser features that saving needs and this address lacks. */
  readonly missing: readonly string[];
}

/** Tabs tell each other here that somebody signed out, changed the pharmacy or reset the tablet. */
const SESSION_CHANNEL = 'pharmasaas-session';

/** The app: signed out, or the workspace of whoever works on this tablet. */
export function App({ env, startSearch, watchForUpdate, missing }: AppProps) {
  const [session, setSession] = useState<KeptSession | null>(() => keptSession(env));
  const [resetting, setResetting] = useState<KeptSession | null>(null);
  const [acceptUpdate, setAcceptUpdate] = useState<(() => void) | null>(null);
  useEffect(() => watchForUpdate((accept) => setAcceptUpdate(() => accept)), [watchForUpdate]);
  const [renewal, setRenewal] = useState<Renewal | null>(null);
  const closed = useRef(Promise.resolve());
  const tellTabs = useSessionOfOtherTabs(env, setSession);
  const leave = useCallback(async () => {
    await signOut(env).catch(env.report);
    tellTabs();
    setSession(null);
  }, [env, tellTabs]);
  const renew = useCallback(
    (gone: KeptSession) => {
      renewDevice(env, gone).then((renewed) => {
        if (renewed.ok) {
          const { session: next, before } = renewed.renewal;
          setSession((current) => (current?.device.id === next.device.id ? current : next));
          if (before !== null) setRenewal(renewed.renewal);
          tellTabs();
        } else if (renewed.problem.code === 'sign_in_required') setSession(null);
      }, env.report);
    },
    [env, tellTabs],
  );
  const readSession = useCallback(() => {
    setSession(keptSession(env));
    tellTabs();
  }, [env, tellTabs]);
  useEffect(() => {
    if (resetting === null || session !== null) return;
    // The workspace below has begun to close before this runs.
    closed.current
      .then(() => resetDevice(env, resetting))
      .catch(env.report)
      .finally(() => setResetting(null));
  }, [env, resetting, session]);
  const controls = useMemo<AppControls>(
    () => ({
      otherTenants: session === null ? [] : session.tenants.filter(({ id }) => id !== session.tenant.id),
      signOut: () => void leave(),
      switchTenant: async (tenantId) => {
        const result = await switchTenant(env, tenantId, session?.device.name ?? '');
        if (result.ok !== true) return result.ok === false ? result.problem.code : 'sign_in_required';
        tellTabs();
        setSession(result.session);
        return null;
      },
      resetDevice: () => {
        setResetting(session);
        void leave();
      },
      acceptUpdate,
      postponeUpdate: () => setAcceptUpdate(null),
      renewal,
      dismissRenewal: () => setRenewal(null),
    }),
    [env, session, acceptUpdate, renewal, leave, tellTabs],
  );
  return (
    <I18nProvider locale={navigator.language} currency="EUR" timeZone={undefined}>
      <InsecureNotice missing={missing} />
      <AppControlsProvider value={controls}>
        {session === null && acceptUpdate !== null && <UpdateOffer onAccept={acceptUpdate} onLater={controls.postponeUpdate} />}
        {session !== null ? (
          <Work
            key={session.device.id}
            env={env}
            session={session}
            startSearch={startSearch}
            closed={closed}
            onGone={renew}
            onRenumbered={readSession}
          />
        ) : resetting !== null ? (
          <Loading />
        ) : (
          <Suspense fallback={<Loading />}>
            <SignInPage env={env} onSession={setSession} />
          </Suspense>
        )}
      </AppControlsProvider>
    </I18nProvider>
  );
}

/** Follows what other tabs do with the session, which they share; answers how to tell them. */
function useSessionOfOtherTabs(env: ClientEnv, onSession: (session: KeptSession | null) => void): () => void {
  const channel = useMemo(() => env.channel(SESSION_CHANNEL), [env]);
  useEffect(() => channel.listen(() => onSession(keptSession(env))), [channel, env, onSession]);
  return useCallback(() => channel.post('changed'), [channel]);
}

function Work({
  env,
  session,
  startSearch,
  closed,
  onGone,
  onRenumbered,
}: Omit<AppProps, 'watchForUpdate' | 'missing'> & {
  readonly session: KeptSession;
  /** Resolves when the workspace before is closed. */
  readonly closed: RefObject<Promise<void>>;
  readonly onGone: (gone: KeptSession) => void;
  readonly onRenumbered: () => void;
}) {
  const { t } = useI18n();
  const [opened, setOpened] = useState<OpenWorkspace | Error | null>(null);
  const [openings, setOpenings] = useState(1);
  useEffect(() => {
    let isCurrent = true;
    // A page holds its stores once: the workspace before this one, if any, is closed first.
    const onEnd = (why: WorkspaceEnd) => {
      if (!isCurrent) return;
      if (why === 'gone') onGone(session);
      else if (why === 'renumbered') onRenumbered();
      else setOpenings(openings + 1);
    };
    const opening = closed.current.then(() => createWorkspace(env, session, startSearch(), { onEnd }));
    opening.then(
      (workspace) => isCurrent && setOpened(workspace),
      (error: unknown) => isCurrent && setOpened(error instanceof Error ? error : new Error(String(error))),
    );
    return () => {
      isCurrent = false;
      closed.current = opening.then((workspace) => workspace.close()).catch(() => undefined);
    };
  }, [env, session, startSearch, closed, onGone, onRenumbered, openings]);
  if (opened === null) return <Loading />;
  if (opened instanceof Error) return <Problem>{t('state.crashBody', { problem: opened.message })}</Problem>;
  return (
    <WorkspaceProvider workspace={opened}>
      <ShopWords>
        <BrowserRouter>
          <ShortcutProvider>
            <Suspense fallback={<Loading />}>
              <Screens />
            </Suspense>
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
