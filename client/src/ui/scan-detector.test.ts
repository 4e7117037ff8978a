import { describe, expect, test } from 'vitest';
import { SCAN_DEFAULTS, ScanDetector, type ScanSettings } from './scan-detector.ts';

/** Types `text` with `gapMs` between keys, then Enter; answers what the Enter was. */
function type(text: string, gapMs: number, settings: ScanSettings = SCAN_DEFAULTS) {
  const detector = new ScanDetector(settings);
  let atMs = 1_000;
  for (const key of text) detector.key({ key, ctrl: false, atMs: (atMs += gapMs) });
  return detector.key({ key: 'Enter', ctrl: false, atMs: atMs + gapMs });
}

describe('telling a scanner from a person', () => {
  test('a burst that ends with Enter is a scan', () => {
    expect(type('3400930000120', 8)).toEqual({ kind: 'scan', code: '3400930000120' });
  });
  test('a Bluetooth scanner with 50 ms between keys is still a scan', () => {
    expect(type('3400930000120', 50)).toMatchObject({ kind: 'scan' });
  });
  test('a fast typist is not', () => {
    expect(type('3400930000120', 70)).toEqual({ kind: 'other' });
  });
  test('an Enter that comes late is a person’s', () => {
    const detector = new ScanDetector();
    for (const [index, key] of '340093'.split('').entries()) detector.key({ key, ctrl: false, atMs: 1_000 + index * 5 });
    expect(detector.key({ key: 'Enter', ctrl: false, atMs: 2_000 })).toEqual({ kind: 'other' });
  });
  test('three quick digits are a quantity, not a scan', () => {
    expect(type('120', 10)).toEqual({ kind: 'other' });
  });
  test('what was typed by hand just before is not part of the scan', () => {
    const detector = new ScanDetector();
    detector.key({ key: 'a', ctrl: false, atMs: 0 });
    for (const [index, key] of '34009300'.split('').entries()) detector.key({ key, ctrl: false, atMs: 500 + index * 5 });
    expect(detector.key({ key: 'Enter', ctrl: false, atMs: 545 })).toEqual({ kind: 'scan', code: '34009300' });
  });
  test('a shift inside a burst does not break it', () => {
    const detector = new ScanDetector();
    for (const [index, key] of ['A', 'B', 'Shift', 'C', '1', '2'].entries()) detector.key({ key, ctrl: false, atMs: index * 5 });
    expect(detector.key({ key: 'Enter', ctrl: false, atMs: 30 })).toEqual({ kind: 'scan', code: 'ABC12' });
  });
  test('Ctrl+] is the GS1 separator', () => {
    const detector = new ScanDetector();
    for (const [index, key] of '10AB'.split('').entries()) detector.key({ key, ctrl: false, atMs: index * 5 });
    detector.key({ key: ']', ctrl: true, atMs: 20 });
    for (const [index, key] of '17'.split('').entries()) detector.key({ key, ctrl: false, atMs: 25 + index * 5 });
    expect(detector.key({ key: 'Enter', ctrl: false, atMs: 35 })).toEqual({ kind: 'scan', code: '10AB\u001d17' });
  });
  test('with a prefix set up, only what starts with it is a scan, and it is taken off', () => {
    const settings = { ...SCAN_DEFAULTS, prefix: '~' };
    expect(type('~3400930', 5, settings)).toEqual({ kind: 'scan', code: '3400930' });
    expect(type('34009300', 5, settings)).toEqual({ kind: 'other' });
  });
});
