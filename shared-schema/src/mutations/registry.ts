import type { z } from 'zod';
import { cancelDrawerCount, revealDrawer, startDrawerCount } from './cash/before-counting.ts';
import { closeCashSession } from './cash/close-session.ts';
import { openCashSession } from './cash/open-session.ts';
import {
  approveReconciliation,
  confirmReconciliation,
  rejectReconciliation,
} from './cash/reconciliation/decide-reconciliation.ts';
import { addReconciliationStep, removeReconciliationStep } from './cash/reconciliation/edit-steps.ts';
import { startReconciliation } from './cash/reconciliation/start-reconciliation.ts';
import { submitReconciliation } from './cash/reconciliation/submit-reconciliation.ts';
import { recordCashMovement } from './cash/record-movement.ts';
import { recordSale } from './cash/record-sale.ts';
import { recountDrawer } from './cash/recount-drawer.ts';
import { reverseCashMovement } from './cash/reverse-movement.ts';
import { recordSafeMovement } from './cash/safe.ts';
import { joinSessions, moveSessionToTill } from './cash/settle-unowned.ts';
import { skipTillZNumbers } from './cash/skip-z-numbers.ts';
import { receiveCash, sendCash } from './cash/transfer-cash.ts';
import { addTill } from './organisation/add-till.ts';
import { askManager } from './organisation/ask-manager.ts';
import { changeShop } from './organisation/change-shop.ts';
import { declareDeviceLost, reportDeviceEvicted } from './organisation/lost-devices.ts';
import { addMember, setMemberRole } from './organisation/members.ts';
import { registerDevice } from './organisation/register-device.ts';
import { resolveException } from './organisation/resolve-exception.ts';
import { setUpShop } from './organisation/set-up-shop.ts';
import { addItem } from './stock/add-item.ts';
import { adjustStock } from './stock/adjust-stock.ts';
import { postCountLines, recountLines } from './stock/approve-count-lines.ts';
import { archiveItem, restoreItem } from './stock/archive-item.ts';
import { countStockLines } from './stock/count-lines.ts';
import { editItem } from './stock/edit-item.ts';
import { importItems } from './stock/import-items.ts';
import { receiveStock } from './stock/receive-stock.ts';
import { setLotStatus } from './stock/set-lot-status.ts';
import { closeStockCount, startStockCount } from './stock/start-stock-count.ts';

/** Every act of the product: the only list of mutations. */
const DEFINITIONS = [
  setUpShop,
  changeShop,
  addMember,
  setMemberRole,
  registerDevice,
  declareDeviceLost,
  reportDeviceEvicted,
  addTill,
  resolveException,
  askManager,
  adjustStock,
  addItem,
  archiveItem,
  restoreItem,
  postCountLines,
  recountLines,
  countStockLines,
  editItem,
  importItems,
  receiveStock,
  setLotStatus,
  closeStockCount,
  startStockCount,
  openCashSession,
  recordSale,
  recordCashMovement,
  reverseCashMovement,
  recordSafeMovement,
  sendCash,
  receiveCash,
  revealDrawer,
  startDrawerCount,
  cancelDrawerCount,
  closeCashSession,
  recountDrawer,
  joinSessions,
  moveSessionToTill,
  skipTillZNumbers,
  startReconciliation,
  addReconciliationStep,
  removeReconciliationStep,
  submitReconciliation,
  confirmReconciliation,
  approveReconciliation,
  rejectReconciliation,
] as const;

type Definition = (typeof DEFINITIONS)[number];

/** Name of an act. */
export type MutationName = Definition['name'];
/** Arguments of an act. */
export type MutationArgs<Name extends MutationName> = z.infer<Extract<Definition, { name: Name }>['args']>;

/** Name → definition. */
export const MUTATIONS: ReadonlyMap<string, Definition> = new Map(DEFINITIONS.map((definition) => [definition.name, definition]));
