import { useRecord } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';

/** Name of a member, or “somebody” while it is not known here. */
export function useMemberName(memberId: string | null): string {
  const { t } = useI18n();
  const member = useRecord('member', memberId ?? 'none');
  return member.kind === 'ready' && member.value ? member.value.name : t('common.someone');
}
