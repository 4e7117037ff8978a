/** Types of cash movement (C3); amounts are signed as they change the drawer. */
export const CASH_MOVEMENT_TYPES = [
  'FLOAT',
  'SALE',
  'REFUND',
  'CASH_IN',
  'CASH_OUT',
  'PETTY_CASH',
  'SAFE_DROP',
  'TRANSFER_OUT',
  'TRANSFER_IN',
  'BANK_DEPOSIT',
  'ROUNDING',
  'REVERSAL',
  'LATE_OFFSET',
] as const;

/** Types of stock movement (I5); units are signed. */
export const STOCK_MOVEMENT_TYPES = [
  'RECEIPT',
  'DISPENSE',
  'RETURN_SUPPLIER',
  'RETURN_CUSTOMER',
  'ADJUST',
  'COUNT',
  'WASTE',
  'TRANSFER',
  'SPLIT',
] as const;

/** How a variance is explained (C10); `LATE_ARRIVAL` is added by the server (C15). */
export const RESOLUTION_TYPES = [
  'RECOUNT',
  'MISSING_RECEIPT',
  'WRONG_CHANGE',
  'TILL_TRANSFER',
  'METHOD_RECLASS',
  'UNRECORDED_DROP',
  'FLOAT_ERROR',
  'COUNTERFEIT',
  'WRITE_OFF',
  'LATE_ARRIVAL',
  'OTHER',
] as const;
