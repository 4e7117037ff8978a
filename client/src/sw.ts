import { cleanupOutdatedCaches, createHandlerBoundToURL, type PrecacheEntry, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

/**
 * The service worker: the whole app is precached, so the icon opens it without a network. A new version waits until somebody accepts it; the queue
 * is in IndexedDB and does not care.
 */
declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (string | PrecacheEntry)[] };

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/assets\//, /^\/socket\.io\//, /\.js$/],
  }),
);

self.addEventListener('message', ({ data }: ExtendableMessageEvent) => {
  if (data?.type === 'SKIP_WAITING') self.skipWaiting().catch(() => undefined);
});
// The first version serves the page that installed it, so that one visit is enough to work offline.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
