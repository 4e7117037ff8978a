import { Card, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { canonicalJson, type Json } from '#schema/canonical-json.ts';
import type { FieldConflict } from '#schema/sync/receipt.ts';
import type { Background } from '../../explain-act.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { describeValue, labelOf } from './describe-values.ts';
import type { Explanation } from './explanation.ts';
import { changerOf } from './use-background.ts';
import { useNames } from './use-names.ts';
import { By } from './who-changed.tsx';

/** One field that two people changed: before, mine, now; with who and when. */
export function FieldCard(props: {
  readonly conflict: FieldConflict;
  readonly explanation: Explanation;
  readonly present: Readonly<Record<string, unknown>> | null;
  readonly background: Background | null;
  readonly isMine: boolean;
}) {
  const words = useI18n();
  const { t } = words;
  const nameOf = useNames();
  const { explanation, present, background } = props;
  const { field, base, mine, theirs } = props.conflict;
  const now = present !== null && field in present ? (present[field] as Json) : theirs;
  const show = (value: Json) => describeValue(field, value, words, nameOf) || t('common.none');
  return (
    <Card withBorder p="sm" data-testid={`field-${field}`}>
      <Text fw={600}>{labelOf(field, words)}</Text>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="xs">
        <Side title={t('explain.base')}>{show(base)}</Side>
        <Side title={t(props.isMine ? 'explain.mine' : 'explain.theirsEntered')} isStrong>
          {show(mine)}
        </Side>
        <Side title={t('explain.now')}>
          {show(now)}
          <Text fz="sm">
            <Whose {...{ field, now, explanation, present, background, nameOf }} conflict={props.conflict} />
          </Text>
        </Side>
      </SimpleGrid>
    </Card>
  );
}

/** Whose value stands now. */
function Whose(props: {
  readonly field: string;
  readonly now: Json;
  readonly conflict: FieldConflict;
  readonly explanation: Explanation;
  readonly present: Readonly<Record<string, unknown>> | null;
  readonly background: Background | null;
  readonly nameOf: (id: string) => string | null;
}) {
  const { t } = useI18n();
  const { field, now, conflict, explanation, present, background, nameOf } = props;
  const isSafer = field in Object(explanation.details.standing ?? {});
  if (canonicalJson(now) === canonicalJson(conflict.mine)) return t(isSafer ? 'explain.safer' : 'explain.nowMine');
  const changer = changerOf(field, explanation, present, background);
  if (changer !== null) return <By changer={changer} nameOf={nameOf} />;
  if (background === null) return t('state.loading');
  return t(background.kind === 'unknown' ? 'explain.unknownOffline' : 'explain.unknownWho');
}

function Side({
  title,
  isStrong = false,
  children,
}: {
  readonly title: string;
  readonly isStrong?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div>
      <Text fz="sm" c="dimmed">
        {title}
      </Text>
      <Text component="div" className="figures" fw={isStrong ? 700 : 400}>
        {children}
      </Text>
    </div>
  );
}
