import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { type ReviewedItem, summariseCount } from '#schema/domain/count-review.ts';
import type { StockCountLine } from '#schema/records/stock-count.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';

/** What a manager reads above a count's lines: how much differs, what it is worth, and what moved meanwhile (I7). */
export function CountSummary({ lines }: { readonly lines: readonly StockCountLine[] }) {
  const { t, format } = useI18n();
  const items = useItemsThatDiffer(lines);
  const review = summariseCount(lines, items);
  const sayings = [
    t('counts.summary', { count: review.lineCount, different: format.number(review.differentCount) }),
    ...(review.differentCount === 0
      ? []
      : [
          t('counts.worth', {
            amount: format.signedMoney(review.differenceMinor),
            units: format.signedNumber(review.surplusUnits + review.shortageUnits),
          }),
        ]),
    ...(review.unpricedCount === 0 ? [] : [t('counts.unpriced', { count: review.unpricedCount })]),
    ...(review.toRecountCount === 0 ? [] : [t('counts.toRecount', { count: review.toRecountCount })]),
    ...(review.movedItemCount === 0 ? [] : [t('counts.movedItems', { count: review.movedItemCount })]),
    ...(review.rebasedItemCount === 0 ? [] : [t('counts.rebasedItems', { count: review.rebasedItemCount })]),
  ];
  return <Text role="status">{sayings.join(' · ')}</Text>;
}

/** The products whose count and book differ: only their prices are needed. */
function useItemsThatDiffer(lines: readonly StockCountLine[]): ReadonlyMap<string, ReviewedItem> {
  const workspace = useWorkspace();
  const [items, setItems] = useState<ReadonlyMap<string, ReviewedItem>>(new Map());
  const wanted = [...new Set(lines.filter(({ varianceUnits }) => varianceUnits !== 0).map(({ itemId }) => itemId))]
    .toSorted()
    .join();
  useEffect(() => {
    let isCurrent = true;
    const ids = wanted === '' ? [] : wanted.split(',');
    Promise.all(ids.map((id) => workspace.readRecord('item', id))).then(
      (found) => isCurrent && setItems(new Map(found.flatMap((item) => (item ? [[item.id, item] as const] : [])))),
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [workspace, wanted]);
  return items;
}
