import { Text, UnstyledButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import type { Item } from '#schema/records/item.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';

/** A row that only flies past asks nothing of the store. */
const REST_MS = 120;

/** One product of the stock list: name and pack, code, on hand, price. Opens the product. */
export function ItemRow({ item }: { readonly item: Item }) {
  const { t, format } = useI18n();
  const onHand = useOnHand(item.id);
  return (
    <UnstyledButton component={Link} to={`/stock/${item.id}`} className="row-button stock-row">
      <span style={{ minWidth: 0 }}>
        <Text span fw={600} display="block" truncate>
          {item.name}
        </Text>
        <Text span c="dimmed" fz="sm" display="block" truncate>
          {[item.packLabel, item.substances, item.status === 'archived' ? t('picker.archived') : ''].filter(Boolean).join(' · ')}
        </Text>
      </span>
      <Text span fz="sm" visibleFrom="sm" className="figures">
        {item.identifiers[0]?.value ?? ''}
      </Text>
      <Text span className="figures end" {...(onHand !== null && onHand < 0 ? { c: 'red' } : {})}>
        {onHand === null ? '' : format.number(onHand)}
      </Text>
      <Text span className="figures end">
        {item.packPriceMinor === null ? t('stock.noPriceShort') : format.money(item.packPriceMinor)}
      </Text>
    </UnstyledButton>
  );
}

/** Base units on hand over all lots; null until the row has rested on screen and they are known. */
function useOnHand(itemId: string): number | null {
  const workspace = useWorkspace();
  const [known, setKnown] = useState<{ readonly itemId: string; readonly units: number } | null>(null);
  useEffect(() => {
    let stop: (() => void) | null = null;
    const timer = setTimeout(() => {
      stop = workspace.watchRecords('lot', { parent: itemId }, (lots) =>
        setKnown({ itemId, units: lots.reduce((sum, lot) => sum + lot.onHandUnits, 0) }),
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop?.();
    };
  }, [workspace, itemId]);
  return known?.itemId === itemId ? known.units : null;
}
