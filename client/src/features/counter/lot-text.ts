import { useI18n } from '../../i18n/i18n-context.tsx';
import type { HeldLot } from './cart-lots.ts';

/** Names a lot as it is printed on the pack: `AB12, expires 08/2027`. */
export function useLotText(): (from: HeldLot) => string {
  const { t, format } = useI18n();
  return (from) => {
    if (from.kind === 'unread') return t('counter.unreadLot');
    const { lotText: lot, expiryOn } = from.kind === 'known' ? from.lot : from;
    return t('counter.lot', { lot, expiry: expiryOn === null ? t('common.unknown') : format.expiry(expiryOn) });
  };
}
