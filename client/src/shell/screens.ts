import { type Action, canDo, type Role } from '#schema/permissions.ts';
import type { LabelKey } from '../i18n/translate.ts';
import type { IconName } from '../ui/icons.tsx';

/** One entry of the navigation. */
export interface Screen {
  readonly path: string;
  readonly label: LabelKey;
  /** Shorter, for the bar of a phone. */
  readonly short: LabelKey;
  readonly icon: IconName;
  /** Stands in the bar of a phone; the others lie under “More”. */
  readonly onPhone: boolean;
  /** Only for roles that may do this. */
  readonly needs: Action | null;
}

/** The screens of the product in the order of the navigation; keys Alt+1 … Alt+7. */
export const SCREENS: readonly Screen[] = [
  { path: '/', label: 'nav.today', short: 'nav.today', icon: 'today', onPhone: true, needs: null },
  { path: '/counter', label: 'nav.counter', short: 'nav.counter', icon: 'counter', onPhone: true, needs: null },
  { path: '/close', label: 'nav.close', short: 'nav.closeShort', icon: 'close', onPhone: true, needs: null },
  { path: '/stock', label: 'nav.stock', short: 'nav.stock', icon: 'stock', onPhone: true, needs: null },
  { path: '/counts', label: 'nav.counts', short: 'nav.counts', icon: 'counts', onPhone: false, needs: null },
  { path: '/sync', label: 'nav.sync', short: 'nav.sync', icon: 'sync', onPhone: false, needs: null },
  { path: '/audit', label: 'nav.audit', short: 'nav.audit', icon: 'audit', onPhone: false, needs: 'view.audit' },
];

/** The screens a role may open. */
export function screensFor(role: Role): readonly Screen[] {
  return SCREENS.filter(({ needs }) => needs === null || canDo(role, needs));
}
