import './styles.ts';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createBrowserEnv } from './browser-env.ts';
import { startWorkerSearch } from './search/worker-search.ts';
import { watchForUpdate } from './service-worker-update.ts';
import { theme } from './theme.ts';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');

const env = await createBrowserEnv();
createRoot(root).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <App env={env} startSearch={startWorkerSearch} watchForUpdate={watchForUpdate} missing={missingFeatures()} />
  </MantineProvider>,
);

/** What saving needs and browsers give on secure addresses only. */
function missingFeatures(): string[] {
  return [
    ...('serviceWorker' in navigator ? [] : ['service worker']),
    ...('locks' in navigator ? [] : ['Web Locks']),
    ...('subtle' in crypto ? [] : ['WebCrypto']),
    ...('indexedDB' in globalThis ? [] : ['IndexedDB']),
  ];
}
