import { z } from 'zod';
import type { MutationName } from './mutations/registry.ts';

/** What a member may be in a tenant; `auditor` only reads. */
export const ROLES = ['owner', 'manager', 'pharmacist', 'auditor'] as const;
export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

const MANAGERS = ['owner', 'manager'] as const;
const STAFF = ['owner', 'manager', 'pharmacist'] as const;
const EVERYONE = ROLES;
/** Only the server's own channels. */
const NOBODY = [] as const;

/** Who may do what: the one table that screens, decide and routes read. Rows are mutations and views. */
export const PERMISSIONS = {
  'shop.setUp': NOBODY,
  'shop.change': MANAGERS,
  'member.add': MANAGERS,
  'member.setRole': MANAGERS,
  'device.register': NOBODY,
  'device.declareLost': MANAGERS,
  'device.reportEvicted': NOBODY,
  'till.add': MANAGERS,
  'till.skipZNumbers': NOBODY,
  'exception.resolve': MANAGERS,
  'exception.ask': STAFF,
  'item.add': STAFF,
  'item.import': MANAGERS,
  'item.edit': STAFF,
  'item.archive': MANAGERS,
  'item.restore': STAFF,
  'stock.receive': STAFF,
  'stock.adjust': STAFF,
  'lot.setStatus': STAFF,
  'stockCount.start': STAFF,
  'stockCount.countLines': STAFF,
  'stockCount.postLines': MANAGERS,
  'stockCount.recountLines': MANAGERS,
  'stockCount.close': STAFF,
  'cashSession.open': STAFF,
  'sale.record': STAFF,
  'cashMovement.record': STAFF,
  'cashMovement.reverse': STAFF,
  'safe.record': STAFF,
  'cashTransfer.send': STAFF,
  'cashTransfer.receive': STAFF,
  'drawer.reveal': STAFF,
  'cashSession.startCount': STAFF,
  'cashSession.cancelCount': STAFF,
  'cashSession.close': STAFF,
  'cashSession.recount': STAFF,
  'cashSession.join': MANAGERS,
  'cashSession.moveToTill': MANAGERS,
  'reconciliation.start': STAFF,
  'reconciliation.addStep': STAFF,
  'reconciliation.removeStep': STAFF,
  'reconciliation.submit': STAFF,
  'reconciliation.confirm': STAFF,
  'reconciliation.approve': MANAGERS,
  'reconciliation.reject': MANAGERS,
  'view.audit': ['owner', 'manager', 'auditor'],
  'view.devices': ['owner', 'manager', 'auditor'],
  'view.reports': EVERYONE,
  'import.run': MANAGERS,
} as const satisfies Record<MutationName | 'view.audit' | 'view.devices' | 'view.reports' | 'import.run', readonly Role[]>;

/** Something a role may be asked for. */
export type Action = keyof typeof PERMISSIONS;

/** Whether a role may do something; the server's own acts may do everything. */
export function canDo(role: Role | 'system' | null, action: Action): boolean {
  if (role === null) return false;
  return role === 'system' || PERMISSIONS[action].some((allowed) => allowed === role);
}
