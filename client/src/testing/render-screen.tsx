import { MantineProvider } from '@mantine/core';
import { configure, type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router';
import { type AppControls, AppControlsProvider } from '../app-controls.ts';
import { WorkspaceProvider } from '../hooks.ts';
import { I18nProvider } from '../i18n/i18n-context.tsx';
import { theme } from '../theme.ts';
import { ShortcutProvider } from '../ui/shortcuts.tsx';
import type { Workspace } from '../workspace.ts';

/** Leads nowhere; a test gives what it looks at. */
const IDLE_CONTROLS: AppControls = {
  otherTenants: [],
  signOut: () => undefined,
  switchTenant: async () => null,
  resetDevice: () => undefined,
  acceptUpdate: null,
  postponeUpdate: () => undefined,
  renewal: null,
  dismissRenewal: () => undefined,
};

// A busy machine is slow, which is no fault of a screen.
configure({ asyncUtilTimeout: 20_000 });

/** Shows a screen as the app would, in English with euros and Paris time, at `path`. */
export function renderScreen(
  screen: ReactNode,
  workspace: Workspace,
  path = '/',
  controls: Partial<AppControls> = {},
): RenderResult {
  furnishJsdom();
  return render(
    <MantineProvider theme={theme} env="test">
      <I18nProvider locale="en-GB" currency="EUR" timeZone="Europe/Paris">
        <MemoryRouter initialEntries={[path]}>
          <WorkspaceProvider workspace={workspace}>
            <AppControlsProvider value={{ ...IDLE_CONTROLS, ...controls }}>
              <ShortcutProvider>{screen}</ShortcutProvider>
            </AppControlsProvider>
          </WorkspaceProvider>
        </MemoryRouter>
      </I18nProvider>
    </MantineProvider>,
  );
}

/** What Mantine and virtual lists ask of a browser and jsdom lacks: media queries, sizes, scrolling. */
function furnishJsdom(): void {
  window.matchMedia = (query) => ({
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  });
  window.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  for (const [name, value] of [
    ['offsetHeight', 600],
    ['offsetWidth', 800],
    ['clientHeight', 600],
    ['clientWidth', 800],
  ] as const)
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value });
  Element.prototype.scrollIntoView = () => undefined;
}
