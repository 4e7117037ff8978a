import { useEffect, useRef } from 'react';
import { SCAN_DEFAULTS, ScanDetector, type ScanSettings } from './scan-detector.ts';

/**
 * Listens for a keyboard-wedge scanner anywhere on the page (principle 3). A scan never reaches the field or button that has the focus: its
 * Enter is swallowed, and the field gets back the text it had. Of several listeners on screen the innermost is called.
 */
export function useScanListener(onScan: (code: string) => void, settings: ScanSettings = SCAN_DEFAULTS): void {
  const latest = useRef(onScan);
  useEffect(() => {
    latest.current = onScan;
  });
  useEffect(() => {
    const detector = new ScanDetector(settings);
    let before: FieldText | null = null;
    let isFirst = false;
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const step = detector.key({ key: event.key, ctrl: event.ctrlKey, atMs: event.timeStamp });
      isFirst = step.kind === 'start';
      if (isFirst) before = rememberField(document.activeElement);
      if (step.kind !== 'scan') return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (before !== null) restoreField(before);
      before = null;
      latest.current(step.code);
    };
    /** The first key may have brought a field to the focus (`useTypingAnywhere`); its text has not changed yet. */
    const afterKey = () => {
      if (isFirst) before ??= rememberField(document.activeElement);
    };
    window.addEventListener('keydown', onKey, { capture: true });
    window.addEventListener('keydown', afterKey);
    return () => {
      window.removeEventListener('keydown', onKey, { capture: true });
      window.removeEventListener('keydown', afterKey);
    };
  }, [settings]);
}

interface FieldText {
  readonly field: HTMLInputElement | HTMLTextAreaElement;
  readonly text: string;
}

function rememberField(focused: Element | null): FieldText | null {
  const isField = focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement;
  return isField ? { field: focused, text: focused.value } : null;
}

/** Puts the text back in a way React notices. */
function restoreField({ field, text }: FieldText): void {
  if (field.value === text) return;
  const prototype = field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
