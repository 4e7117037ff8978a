import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from './chromium.ts';

/** Screen sizes of `experience.md`. */
export const SCREENS = {
  tablet: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
} as const;

/**
 * One tablet: a real Chromium with a profile of its own that outlives its process, so that it can be killed at any moment and switched on
 * again with what it had stored.
 */
export class Tablet {
  readonly #profile: string;
  readonly #url: string;
  #process: ChildProcess | null = null;
  #browser: Browser | null = null;
  #page: Page | null = null;
  #limit: CDPSession | null = null;

  private constructor(profile: string, url: string) {
    this.#profile = profile;
    this.#url = url;
  }

  /** A factory-new tablet that will open `url`. */
  static async unpack(url: string): Promise<Tablet> {
    return new Tablet(await mkdtemp(join(tmpdir(), 'tablet-')), url);
  }

  /** The page in use; throws while switched off. */
  get page(): Page {
    if (!this.#page) throw new Error('the tablet is off');
    return this.#page;
  }

  /**
   * Starts the browser and opens the app. `clock`, epoch ms, is where the page's `Date` starts from.
   * Nothing needs the network if the app was installed before. With `hidesTabs` a tab behind another is hidden as for a person, and only such a one
   * can be frozen; otherwise all are kept visible. `storageBytes` is all the app may store, see `limitStorage`.
   */
  async switchOn({
    clock,
    screen = 'tablet',
    hidesTabs = false,
    storageBytes,
  }: {
    clock?: number;
    screen?: keyof typeof SCREENS;
    hidesTabs?: boolean;
    storageBytes?: number;
  } = {}): Promise<Page> {
    const size = SCREENS[screen];
    const flags = [...CHROMIUM_FLAGS, `--user-data-dir=${this.#profile}`, `--window-size=${size.width},${size.height}`];
    const child = spawn(await findChromium(), [...flags, '--remote-debugging-port=0', 'about:blank'], {
      // Its own process group, so that the whole browser can be killed at once.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    this.#browser = await chromium.connectOverCDP(await debuggerUrlOf(child), { noDefaults: hidesTabs });
    const context = this.#context();
    const page = context.pages()[0] ?? (await context.newPage());
    this.#page = page;
    await page.setViewportSize(size);
    if (clock !== undefined) await this.setClock(clock);
    if (storageBytes !== undefined) await this.limitStorage(storageBytes);
    await page.goto(this.#url);
    return page;
  }

  /** Opens another tab of the app beside the one in use. */
  async openTab(): Promise<Page> {
    const tab = await this.#context().newPage();
    await tab.setViewportSize(this.page.viewportSize() ?? SCREENS.tablet);
    await tab.goto(this.#url);
    return tab;
  }

  /** Every tab, in the order they were opened. */
  tabs(): Page[] {
    return this.#context().pages();
  }

  /** What a browser does to a tab it has no use for: nothing of it runs, what it holds it goes on holding. */
  async freeze(tab: Page): Promise<void> {
    await this.#setLifecycle(tab, 'frozen');
  }

  async thaw(tab: Page): Promise<void> {
    await this.#setLifecycle(tab, 'active');
  }

  /** Kills the process of one tab; the others live on. */
  async crash(tab: Page): Promise<void> {
    const session = await this.#context().newCDPSession(tab);
    const crashed = new Promise((resolve) => tab.once('crash', resolve));
    // Nobody is left to answer.
    session.send('Page.crash').catch(ignoreClosed);
    await crashed;
  }

  /** The browser clears what it keeps for the app: its databases, or everything. Pages that are open find out for themselves. */
  async clearStored(what: 'indexeddb' | 'all'): Promise<void> {
    const session = await this.#context().newCDPSession(this.page);
    await session.send('Storage.clearDataForOrigin', { origin: new URL(this.#url).origin, storageTypes: what });
    await session.detach();
  }

  /**
   * Gives the app so many bytes to store, which may be fewer than it holds; null takes the limit away. A browser that has asked for its room already
   * goes on with that answer for half a minute.
   */
  async limitStorage(bytes: number | null): Promise<void> {
    // The limit is its session's.
    this.#limit ??= await this.#context().newCDPSession(this.page);
    const origin = new URL(this.#url).origin;
    await this.#limit.send('Storage.overrideQuotaForOrigin', bytes === null ? { origin } : { origin, quotaSize: bytes });
  }

  /** Moves the page's `Date`; timers go on at their own pace. */
  async setClock(atMs: number): Promise<void> {
    await this.page.clock.setSystemTime(atMs);
  }

  /** Closes the browser as a person does; it writes down what it holds. */
  async switchOff(): Promise<void> {
    const child = this.#process;
    if (!child || !this.#browser) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const session = await this.#browser.newBrowserCDPSession();
    session.send('Browser.close').catch(ignoreClosed);
    await gone;
    this.#forget();
  }

  /** kill −9 of the whole browser, nothing is flushed or said good-bye to. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child?.pid) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await gone;
    await this.#browser?.close().catch(ignoreClosed);
    this.#forget();
  }

  /**
   * A keyboard-wedge scanner: the code's keys and Enter, five milliseconds apart, wherever the focus is. All are handed to the browser at once with the
   * times they carry, because the round trips of single ones would be as slow as a person's typing.
   */
  async scan(code: string): Promise<void> {
    const session = await this.#context().newCDPSession(this.page);
    const startedAt = Date.now() / 1_000;
    const keys = Array.from(code, (key) => ({ key, text: key }));
    await Promise.all(
      [...keys, { key: 'Enter', text: '\r' }].flatMap(({ key, text }, i) => {
        const timestamp = startedAt + i * 0.005;
        return [
          session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text, timestamp }),
          session.send('Input.dispatchKeyEvent', { type: 'keyUp', key, timestamp }),
        ];
      }),
    );
    await session.detach();
  }

  /** A picture of what is on the screen, for looking at a failure. */
  async picture(path: string): Promise<void> {
    await this.#page?.screenshot({ path, fullPage: true });
  }

  /** Switches off and throws the profile away. */
  async discard(): Promise<void> {
    await this.kill();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #forget(): void {
    this.#process = null;
    this.#browser = null;
    this.#page = null;
    this.#limit = null;
  }

  async #setLifecycle(tab: Page, state: 'frozen' | 'active'): Promise<void> {
    const session = await this.#context().newCDPSession(tab);
    await session.send('Page.setWebLifecycleState', { state });
    await session.detach();
  }

  #context(): BrowserContext {
    const context = this.#browser?.contexts()[0];
    if (!context) throw new Error('Chromium came up without a profile');
    return context;
  }
}

/** The browser was killed before its connection was closed: that is what a kill is. */
function ignoreClosed(): void {}

function debuggerUrlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!child.stderr) {
      reject(new Error('Chromium has no error output to read'));
      return;
    }
    const said: string[] = [];
    const lines = createInterface(child.stderr);
    lines.on('line', (line) => {
      said.push(line);
      const url = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}:\n${said.join('\n')}`)));
  });
}
