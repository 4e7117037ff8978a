import { List, Stack, Text } from '@mantine/core';
import { useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import type { UnsentWork } from './data-safety.ts';

/** Unsent work in plain words: how much, worth what, since when, and of which kinds (SY24, SY25). */
export function UnsentSummary({ work }: { readonly work: UnsentWork }) {
  const { t, format, findLabel } = useI18n();
  const workspace = useWorkspace();
  if (work.acts === 0) return <Text>{t('safety.allSent')}</Text>;
  return (
    <Stack gap={4}>
      <Text fw={600}>{t('safety.unsent', { count: work.acts })}</Text>
      {work.amountMinor !== null && (
        <Text className="figures">
          {t('safety.worth')}: {format.money(work.amountMinor)}
        </Text>
      )}
      {work.oldestAt !== null && <Text>{t('safety.oldest', { ago: format.ago(work.oldestAt, workspace.now()) })}</Text>}
      <List size="sm" withPadding>
        {work.byAct.map(({ name, acts, amountMinor }) => {
          const act = findLabel(`act.${name}`) ?? name;
          return (
            <List.Item key={name} className="figures">
              {amountMinor === null
                ? t('safety.line', { act, count: acts })
                : t('safety.lineWorth', { act, count: acts, amount: format.money(amountMinor) })}
            </List.Item>
          );
        })}
      </List>
    </Stack>
  );
}
