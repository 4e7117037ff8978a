import { Workbox } from 'workbox-window';

/** Registers the service worker and calls back when a newer version waits; `accept` switches to it and reloads. */
export function watchForUpdate(onWaiting: (accept: () => void) => void): void {
  if (!('serviceWorker' in navigator)) return;
  const workbox = new Workbox('/sw.js');
  workbox.addEventListener('waiting', () =>
    onWaiting(() => {
      workbox.addEventListener('controlling', () => location.reload());
      workbox.messageSW({ type: 'take_over' }).catch(() => undefined);
    }),
  );
  workbox.register().catch(() => undefined);
}
