import { createEvent, fireEvent } from '@testing-library/react';

/**
 * What a scanner types: the whole code and Enter, five milliseconds apart by their time stamps however slow the machine is, into whatever has
 * the focus.
 */
export function scan(code: string): void {
  const startedAt = performance.now();
  for (const [i, key] of [...code.split(''), 'Enter'].entries()) {
    const target = document.activeElement ?? document.body;
    const event = createEvent.keyDown(target, { key });
    Object.defineProperty(event, 'timeStamp', { value: startedAt + i * 5 });
    const isLeftAlone = fireEvent(target, event);
    const field = document.activeElement;
    if (isLeftAlone && key.length === 1 && field instanceof HTMLInputElement)
      fireEvent.input(field, { target: { value: field.value + key } });
  }
}
