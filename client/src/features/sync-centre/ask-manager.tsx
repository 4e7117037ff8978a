import { Button, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { askedAboutId } from '#schema/mutations/organisation/ask-manager.ts';
import { useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { Done } from '../../ui/states.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import type { Explanation } from './explanation.ts';
import { useNames } from './use-names.ts';

/** Asks a manager about an own act; the act is put aside here, and the answer appears on it. */
export function AskManager({ explanation }: { readonly explanation: Explanation }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [question, setQuestion] = useState('');
  const { result, save } = useEntry();
  const { n, name, codes } = explanation;
  const ask = async () => {
    const asked = await save(() =>
      workspace.run('exception.ask', {
        n,
        mutationName: name.slice(0, 60),
        codes: codes.slice(0, 19).map((code) => code.slice(0, 60)),
        question: question.trim(),
      }),
    );
    if (asked?.kind === 'saved') workspace.dismiss(n);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <Stack gap="sm" maw={480}>
        <Textarea
          label={t('explain.yourQuestion')}
          value={question}
          onChange={({ currentTarget }) => setQuestion(currentTarget.value)}
          maxLength={1_000}
          rows={3}
        />
        <Button type="submit" disabled={question.trim() === ''}>
          {t('explain.ask')}
        </Button>
        <Outcome result={result} saved={t('explain.asked')} />
      </Stack>
    </form>
  );
}

/** Questions about an act that were asked before, with their answers. */
export function QuestionsAsked({ deviceId, n }: Pick<Explanation, 'deviceId' | 'n'>) {
  const { t, format } = useI18n();
  const nameOf = useNames();
  const asked = useRecords('exception', { parent: askedAboutId(deviceId, n) });
  if (asked.kind === 'loading') return null;
  return asked.value.map(({ id, details, status, resolvedBy, resolvedAt, resolution }) => (
    <Done key={id}>
      {status === 'open' || resolvedAt === null
        ? t('explain.waiting', { text: typeof details.question === 'string' ? details.question : '' })
        : t('explain.answered', {
            who: nameOf(resolvedBy ?? '') ?? t('common.someone'),
            when: format.dateTime(resolvedAt),
            text: resolution ?? '',
          })}
    </Done>
  ));
}
