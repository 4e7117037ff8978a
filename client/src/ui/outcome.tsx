import { useI18n } from '../i18n/i18n-context.tsx';
import type { CommandResult } from '../workspace.ts';
import { useProblemText } from './problem-text.ts';
import { Done, Problem } from './states.tsx';

/** What became of an act, in plain words; what was entered stays on the screen unless it was saved. */
export function Outcome({ result, saved }: { readonly result: CommandResult | null; readonly saved?: string }) {
  const { t } = useI18n();
  const problemText = useProblemText();
  if (result === null) return null;
  switch (result.kind) {
    case 'saved':
      return result.expected.verdict === 'flagged' ? (
        <Done>
          {saved !== undefined && <div>{saved}</div>}
          {t('outcome.savedFlagged', { reasons: result.expected.codes.map(problemText).join('; ') })}
        </Done>
      ) : (
        <Done>{saved ?? t('outcome.saved')}</Done>
      );
    case 'refused':
      return <Problem>{t('outcome.refused', { reason: problemText(result.code) })}</Problem>;
    case 'invalid':
      return <Problem>{t('outcome.invalid', { field: result.field, problem: result.problem })}</Problem>;
    case 'not_saved':
      return <Problem>{t(`outcome.${result.reason}`, { message: result.message })}</Problem>;
  }
}
