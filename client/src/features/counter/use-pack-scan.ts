import { useCallback, useState } from 'react';
import { parseScan } from '#schema/domain/gs1.ts';
import type { Item } from '#schema/records/item.ts';
import type { Lot } from '#schema/records/lot.ts';
import { useWorkspace } from '../../hooks.ts';
import { beep } from '../../ui/beep.ts';
import { useScanListener } from '../../ui/scan-listener.ts';
import { type HeldLot, lotOfScan } from './cart-lots.ts';

/** What a scan was understood as, for the screen to say. `lot_without_expiry`: the lot may hold more than the lot, so it was not taken (G4). */
export type ScanNote =
  | { readonly kind: 'understood'; readonly name: string; readonly from: HeldLot | null }
  | { readonly kind: 'lot_without_expiry'; readonly name: string; readonly lot: string }
  | { readonly kind: 'unknown'; readonly code: string };

/** A pack in the hand: the product, its lots, and the one the scan named. */
export interface ScannedPack {
  readonly item: Item;
  readonly lots: readonly Lot[];
  readonly from: HeldLot | null;
}

/** Finds the product of every scan on the page, and its lot when the code carries one (G1–G4). */
export function usePackScan(todayOn: string, onPack: (pack: ScannedPack) => void): [note: ScanNote | null, clear: () => void] {
  const workspace = useWorkspace();
  const [note, setNote] = useState<ScanNote | null>(null);
  const unknown = (code: string) => {
    beep('unknown');
    setNote({ kind: 'unknown', code });
  };
  const find = async (code: string) => {
    const item = await workspace.findItemByCode(code);
    if (item === null) return unknown(code);
    const lots = await workspace.readRecords('lot', { parent: item.id });
    const scan = parseScan(code, { todayOn });
    const from = scan.ok ? lotOfScan(scan.value, lots) : null;
    const isUnsure = scan.ok && scan.value.lot !== null && from === null;
    beep(isUnsure ? 'unknown' : 'understood');
    setNote(
      isUnsure
        ? { kind: 'lot_without_expiry', name: item.name, lot: scan.value.lot ?? '' }
        : { kind: 'understood', name: item.name, from },
    );
    onPack({ item, lots, from });
  };
  useScanListener((code) => {
    find(code).catch(() => unknown(code));
  });
  return [note, useCallback(() => setNote(null), [])];
}
