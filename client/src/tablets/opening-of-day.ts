import type { CashSession } from '#schema/records/cash-session.ts';

/** When the first till of the newest business day was opened, epoch ms; null before any. */
export function openingOfDay(sessions: readonly Pick<CashSession, 'businessOn' | 'openedAt'>[]): number | null {
  const newestOn = sessions.reduce((newest, { businessOn }) => (businessOn > newest ? businessOn : newest), '');
  const openings = sessions.filter(({ businessOn }) => businessOn === newestOn).map(({ openedAt }) => openedAt);
  return openings.length === 0 ? null : Math.min(...openings);
}
