import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

/**
 * A long list of which only the visible rows exist, so that 20,000 items scroll as fast as the finger. `rowHeight` in px is a first guess;
 * rows are measured. `label` names the list for reading aloud.
 */
export function DataList<Row>(props: {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly renderRow: (row: Row, index: number) => ReactNode;
  readonly rowHeight?: number;
  /** Called when the last rows come into sight, to fetch more. */
  readonly onEnd?: () => void;
  /** CSS height of the list; default fills most of the screen. */
  readonly height?: string;
}) {
  const { rows, rowKey } = props;
  const frame = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- it re-renders through its own state, which is all this needs
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => props.rowHeight ?? 64,
    overscan: 8,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
  });
  const lastSeen = virtual.getVirtualItems().at(-1)?.index ?? 0;
  const { onEnd } = props;
  useEffect(() => {
    if (rows.length > 0 && lastSeen >= rows.length - 1) onEnd?.();
  }, [lastSeen, rows.length, onEnd]);
  return (
    // A scrolling region must be reachable by keyboard, even when its rows are plain text.
    <div
      ref={frame}
      className="data-list"
      style={{ height: props.height ?? 'calc(100dvh - 260px)' }}
      tabIndex={0}
      role="group"
      aria-label={props.label}
    >
      <div role="list" aria-label={props.label} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((slot) => {
          const row = rows[slot.index];
          if (row === undefined) return null;
          return (
            <div
              key={slot.key}
              ref={virtual.measureElement}
              data-index={slot.index}
              role="listitem"
              aria-setsize={rows.length}
              aria-posinset={slot.index + 1}
              style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${slot.start}px)` }}
            >
              {props.renderRow(row, slot.index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
