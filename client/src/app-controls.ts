import { createContext, useContext } from 'react';
import type { Renewal } from './session.ts';

/** What concerns the whole app and not one workspace: leaving it, and the update that waits. Needs a guard while something is unsent (SY25). */
export interface AppControls {
  /** Other pharmacies the signed-in person may work in. */
  readonly otherTenants: readonly { readonly id: string; readonly name: string }[];
  readonly signOut: () => void;
  /** Goes on in another pharmacy; answers the code of what went wrong, or null. Needs the network. */
  readonly switchTenant: (tenantId: string) => Promise<string | null>;
  /** Removes this pharmacy from this browser, unsent acts included, and signs out. */
  readonly resetDevice: () => void;
  /** Switches to the version of the app that waits, or null when none does. */
  readonly acceptUpdate: (() => void) | null;
  readonly postponeUpdate: () => void;
  /** The tablet had to go on as another, and nobody has put the notice away; else null. */
  readonly renewal: Renewal | null;
  readonly dismissRenewal: () => void;
}

const AppControlsContext = createContext<AppControls | null>(null);
export const AppControlsProvider = AppControlsContext.Provider;

/** The controls of the app. Throws outside of it. */
export function useAppControls(): AppControls {
  const controls = useContext(AppControlsContext);
  if (controls === null) throw new Error('useAppControls needs an AppControlsProvider above');
  return controls;
}
