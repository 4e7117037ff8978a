import { useI18n } from '../i18n/i18n-context.tsx';

/** Plain words for a refusal, flag or answer code; an unknown one shows itself. */
export function useProblemText(): (code: string) => string {
  const { t, findLabel } = useI18n();
  return (code) => findLabel(`problem.${code}`) ?? t('problem.unknown', { code });
}
