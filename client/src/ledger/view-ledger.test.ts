import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorBefore, type LedgerCursor } from '#schema/api/ledger-page.ts';
import { DAY_MS } from '#schema/time.ts';
import { type FetchedLines, type LedgerState, type OrderedLine, viewLedger } from './view-ledger.ts';

const HELD_FROM = 1_000_000_000_000;
const PAGE = 3;
/** Enough taps to see all there is. */
const STEPS = 30;
const STATE: LedgerState<OrderedLine> = {
  held: [],
  fetched: null,
  shown: PAGE,
  heldFrom: HELD_FROM,
  since: 0,
  asking: { kind: 'idle' },
  isOnline: true,
};

const order = (a: OrderedLine, b: OrderedLine) => b.occurredAt - a.occurredAt || (a.id < b.id ? 1 : -1);

/** The server's page: what lies behind the place. */
function pageOf(all: readonly OrderedLine[], { at, id }: LedgerCursor): FetchedLines<OrderedLine> {
  const behind = all.filter((line) => line.occurredAt < at || (line.occurredAt === at && line.id < id)).toSorted(order);
  const lines = behind.slice(0, PAGE);
  const last = lines.at(-1);
  return { lines, next: behind.length > PAGE && last ? { at: last.occurredAt, id: last.id } : null };
}

test('[SY17] asked to the end, a list shows every line once in order, whatever arrives late meanwhile and is here besides', () => {
  const line = fc.record({ offset: fc.integer({ min: -6, max: 4 }), isLate: fc.boolean(), arrivesAt: fc.nat({ max: 8 }) });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (given) => {
      const all = given.map(({ offset, isLate, arrivesAt }, i) => ({
        line: { id: `l-${String(i).padStart(2, '0')}`, occurredAt: HELD_FROM + offset },
        // Those that a pull brought are here though they are older than the window.
        isHere: offset >= 0 || isLate,
        arrivesAt: isLate ? arrivesAt : 0,
      }));
      let { shown, fetched } = STATE;
      const readAt = (step: number) => {
        const there = all.filter(({ arrivesAt }) => arrivesAt <= step);
        const held = there.flatMap((one) => (one.isHere ? [one.line] : [])).toSorted(order);
        const view = viewLedger({ ...STATE, held: held.slice(0, shown + 1), fetched, shown });
        return { view, known: there.map((one) => one.line).toSorted(order) };
      };
      for (let step = 0; step < STEPS; step += 1) {
        const { view, known } = readAt(step);
        const ids = view.lines.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        // Down to where it was asked, nothing is left out.
        const reach = fetched === null ? cursorBefore(HELD_FROM) : (fetched.next ?? cursorBefore(0));
        const asked = known.filter(({ occurredAt, id }) => occurredAt > reach.at || (occurredAt === reach.at && id >= reach.id));
        expect(view.lines.slice(0, asked.length)).toEqual(asked.slice(0, view.lines.length));
        if (view.below !== null) {
          const page = pageOf(known, view.below);
          fetched = { lines: [...(fetched?.lines ?? []), ...page.lines], next: page.next };
        }
        if (view.end.kind !== 'complete') shown += PAGE;
      }
      const { view, known } = readAt(STEPS);
      expect(view).toEqual({ lines: known, end: { kind: 'complete', wasAsked: true }, below: null });
    }),
    { numRuns: 300 },
  );
});

test('[SY17] how a list ends', () => {
  const lines = (count: number): OrderedLine[] =>
    Array.from({ length: count }, (_, i) => ({ id: `l-${i}`, occurredAt: HELD_FROM + 10 - i }));
  const none = { lines: [], next: null };
  const failed = { kind: 'failed', code: 'unavailable' } as const;
  const ends: [Partial<LedgerState<OrderedLine>>, unknown][] = [
    [{ held: lines(4) }, { kind: 'more' }],
    [{ held: lines(4), isOnline: false }, { kind: 'more' }],
    [{ held: lines(3) }, { kind: 'older' }],
    [{}, { kind: 'older' }],
    [{ isOnline: false }, { kind: 'offline' }],
    [{ asking: { kind: 'asking' } }, { kind: 'loading' }],
    [{ asking: { kind: 'asking' }, isOnline: false }, { kind: 'loading' }],
    [{ asking: failed }, failed],
    [{ asking: failed, isOnline: false }, { kind: 'offline' }],
    [{ fetched: none }, { kind: 'complete', wasAsked: true }],
    // What began inside the window, and so long ago that nothing late can be older.
    [{ since: HELD_FROM + 31 * DAY_MS - 1 }, { kind: 'older' }],
    [
      { since: HELD_FROM + 31 * DAY_MS, isOnline: false },
      { kind: 'complete', wasAsked: false },
    ],
  ];
  expect(ends.map(([given]) => viewLedger({ ...STATE, ...given }).end)).toEqual(ends.map(([, end]) => end));
});
