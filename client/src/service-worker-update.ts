import { Workbox } from 'workbox-window';

/** How often an open app looks for a newer version. */
const LOOK_MS = 60 * 60_000;

/**
 * Registers the service worker and calls back when a newer version waits; `accept` switches to it and reloads. It calls back again when another tab has
 * switched: this one goes on with the version before, whose parts are no longer kept, until it is loaded again.
 */
export function watchForUpdate(onWaiting: (accept: () => void) => void): void {
  if (!('serviceWorker' in navigator)) return;
  const workbox = new Workbox('/sw.js');
  let isAccepted = false;
  workbox.addEventListener('waiting', () =>
    onWaiting(() => {
      isAccepted = true;
      workbox.messageSkipWaiting();
    }),
  );
  workbox.addEventListener('controlling', ({ isUpdate }) => {
    if (isAccepted) location.reload();
    else if (isUpdate) onWaiting(() => location.reload());
  });
  workbox.register().catch(() => undefined);
  // A browser looks by itself only when the app is loaded, and a tablet may stay open for weeks.
  setInterval(() => void workbox.update().catch(() => undefined), LOOK_MS);
}
