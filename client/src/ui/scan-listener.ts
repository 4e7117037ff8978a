import { useEffect, useRef } from 'react';

/** Keys of a wedge scanner come faster than a person types. */
const BURST_GAP_MS = 40;
const CODE_LENGTH_MIN = 6;

/**
 * Listens for a keyboard-wedge scanner anywhere on the page: a burst of characters that ends with Enter is a scan, its Enter presses no button, and
 * what it typed into a field is the field's matter. Source: experience, principle 3.
 */
export function useScanListener(onScan: (code: string) => void): void {
  const latest = useRef(onScan);
  latest.current = onScan;
  useEffect(() => {
    let code = '';
    let lastAt = 0;
    const onKey = (event: KeyboardEvent) => {
      const isBurst = event.timeStamp - lastAt <= BURST_GAP_MS;
      lastAt = event.timeStamp;
      if (event.key === 'Enter') {
        if (isBurst && code.length >= CODE_LENGTH_MIN) {
          event.preventDefault();
          event.stopPropagation();
          latest.current(code);
        }
        code = '';
      } else if (event.key.length === 1) code = isBurst ? code + event.key : event.key;
    };
    document.addEventListener('keydown', onKey, true);
    return () => document.removeEventListener('keydown', onKey, true);
  }, []);
}
