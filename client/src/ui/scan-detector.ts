/**
 * Tells a scanner that types like a keyboard from a person (principle 3). A scanner's characters follow each other within a few
 * milliseconds and end with Enter or Tab; a person's do not. Values in, verdicts out: the clock and the keys are arguments.
 */
export interface ScanSettings {
  /** Longest pause inside a burst, ms; Bluetooth scanners need about 50. */
  readonly gapMaxMs: number;
  /** Shorter bursts are typing. */
  readonly lengthMin: number;
  /** Characters a scanner was set up to send first, taken off; '' for none. */
  readonly prefix: string;
  /** Key that ends a scan. */
  readonly suffixes: readonly string[];
}

/** What most scanners send out of the box. */
export const SCAN_DEFAULTS: ScanSettings = { gapMaxMs: 50, lengthMin: 4, prefix: '', suffixes: ['Enter', 'Tab'] };

/** One key, as much of it as matters. */
export interface ScanKey {
  readonly key: string;
  readonly ctrl: boolean;
  readonly atMs: number;
}

/** `start`: a burst may begin here; `more`: it goes on; `scan`: it ended as a scan and the key is to be swallowed; `other`: not a scan. */
export type ScanStep = { readonly kind: 'start' | 'more' | 'other' } | { readonly kind: 'scan'; readonly code: string };

const GROUP_SEPARATOR = '\u001d';

/** Feeds on keys, one at a time. */
export class ScanDetector {
  readonly #settings: ScanSettings;
  #burst = '';
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(settings: ScanSettings = SCAN_DEFAULTS) {
    this.#settings = settings;
  }

  /** Judges one key. Modifier keys on their own do not disturb a burst. */
  key({ key, ctrl, atMs }: ScanKey): ScanStep {
    if (key === 'Shift' || key === 'Control' || key === 'Alt') return { kind: 'other' };
    const follows = atMs - this.#lastAtMs <= this.#settings.gapMaxMs;
    this.#lastAtMs = atMs;
    if (this.#settings.suffixes.includes(key)) return this.#end(follows);
    const character = characterOf(key, ctrl);
    if (character === null) {
      this.#burst = '';
      return { kind: 'other' };
    }
    const goesOn = follows && this.#burst !== '';
    this.#burst = goesOn ? this.#burst + character : character;
    return { kind: goesOn ? 'more' : 'start' };
  }

  #end(follows: boolean): ScanStep {
    const burst = this.#burst;
    this.#burst = '';
    const { prefix, lengthMin } = this.#settings;
    if (!follows || !burst.startsWith(prefix)) return { kind: 'other' };
    const code = burst.slice(prefix.length);
    return code.length >= lengthMin ? { kind: 'scan', code } : { kind: 'other' };
  }
}

/** The character a key stands for. Scanners send the GS1 separator as Ctrl+] or F8. */
function characterOf(key: string, ctrl: boolean): string | null {
  if ((ctrl && key === ']') || key === 'F8' || key === GROUP_SEPARATOR) return GROUP_SEPARATOR;
  return !ctrl && key.length === 1 ? key : null;
}
