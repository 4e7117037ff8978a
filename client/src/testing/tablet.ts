import type { Shop } from '#schema/records/shop.ts';
import { TestCounter } from '#schema/testing/test-counter.ts';
import { TABLET_1 } from '#schema/testing/test-tenant.ts';
import { RescueKeys } from '#server/rescue/rescue-keys.ts';
import { createWorkspace, type OpenWorkspace, type WorkspaceEnd } from '../create-workspace.ts';
import { startLocalSearch } from '../search/local-search.ts';
import type { KeptSession } from '../session.ts';
import { FakeBrowser } from './fake-env.ts';
import { FakeServer } from './fake-server.ts';

/** A tenant with the test pharmacy's records at the server, and one tablet's browser. */
export interface TabletWorld {
  readonly server: FakeServer;
  readonly browser: FakeBrowser;
  /** Opens a tab as the owner; `env` is its environment, to freeze it, or to go on in the same tab. */
  readonly openTab: (
    env?: ReturnType<FakeBrowser['tab']>,
    options?: { readonly onEnd?: (why: WorkspaceEnd) => void; readonly replicaShape?: number },
  ) => Promise<{ workspace: OpenWorkspace; env: ReturnType<FakeBrowser['tab']> }>;
}

/** The keys of the server that the tablet signed in at. */
export const TEST_RESCUE_KEYS = new RescueKeys(new Uint8Array(32).fill(7));

/** Tills of the test pharmacy. */
export const TILL_1 = 'till-1';

/** Makes the world; nothing runs before a tab is opened. */
export async function aTablet(shop: Partial<Shop> = {}): Promise<TabletWorld> {
  const browser: FakeBrowser = new FakeBrowser((request) => server.request(request));
  const server: FakeServer = new FakeServer(() => browser.now());
  const counter = new TestCounter(shop);
  for (const kind of ['shop', 'member', 'till', 'item', 'lot'] as const)
    for (const body of counter.all(kind)) server.put(kind, body);
  return {
    server,
    browser,
    openTab: async (env = browser.tab(), options) => {
      return { workspace: await createWorkspace(env, TEST_SESSION, startLocalSearch(), options), env };
    },
  };
}

/** Arguments of `cashSession.open` on a till. */
export function openingOf(tillId = TILL_1) {
  return { tillId, currency: 'EUR' as const, floatMinor: 10_000, floatDenominations: null, offsetMinutes: 60 };
}

/** Ana's session on tablet 1. */
export const TEST_SESSION: KeptSession = {
  tenant: { id: 'tttttttttttttttt', name: 'Test' },
  tenants: [],
  user: { id: 'ana', name: 'Ana' },
  role: 'owner',
  rescueKey: TEST_RESCUE_KEYS.publicKeyOf('tttttttttttttttt'),
  device: { id: TABLET_1, token: TABLET_1, number: 1, name: 'Tablet 1' },
};
