import { useCallback, useMemo, useState } from 'react';
import type { Item } from '#schema/records/item.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useWorkspace } from '../../hooks.ts';
import { addPack, type CartLine, leftOver, priceCart, settleCart } from './cart.ts';
import type { HeldLot } from './cart-lots.ts';

/**
 * The ticket being made. What it hands out stays the same as long as what it stands for does, so that only the parts of the panel that changed are drawn
 * again: on a slow tablet drawing all of them is most of what a tap takes.
 */
export function useTicket(shop: Shop, todayOn: string) {
  const workspace = useWorkspace();
  const [lines, setLines] = useState<readonly CartLine[]>([]);
  const [tendered, setTendered] = useState<Readonly<Record<string, number>>>({});
  const [number, setNumber] = useState(1);
  const cart = useMemo(() => priceCart(lines, shop, todayOn), [lines, shop, todayOn]);
  const settlement = useMemo(() => settleCart(cart.totalMinor, tendered, shop), [cart.totalMinor, tendered, shop]);
  const add = useCallback(
    async (item: Item, from: HeldLot | null, lots: CartLine['lots'] | null = null) => {
      const known = lots ?? (await workspace.readRecords('lot', { parent: item.id }));
      setLines((before) => addPack(before, item, known, from, todayOn));
    },
    [workspace, todayOn],
  );
  const change = useCallback(
    (changed: CartLine) => setLines((known) => known.map((one) => (one.item.id === changed.item.id ? cartLineOf(changed) : one))),
    [],
  );
  const remove = useCallback(
    (removed: CartLine) => setLines((known) => known.filter(({ item }) => item.id !== removed.item.id)),
    [],
  );
  const tender = useCallback(
    (methodId: string, amountMinor: number) => setTendered((known) => ({ ...known, [methodId]: amountMinor })),
    [],
  );
  const clear = () => {
    setLines((now) => leftOver(now, lines));
    setTendered({});
    setNumber((before) => before + 1);
  };
  return {
    /** A new ticket gets fresh fields. */
    number,
    cart,
    settlement,
    canFinish: lines.length > 0 && cart.gap === null && settlement?.isSettled === true,
    add,
    change,
    remove,
    tender,
    /** Makes room for the next one; what came while this one was being saved stays. */
    clear,
  };
}

/** Only what a person said: what is worked out is worked out again. */
function cartLineOf({ item, lots, units, packPriceMinor, said, fefoReason }: CartLine): CartLine {
  return { item, lots, units, packPriceMinor, said, fefoReason };
}
