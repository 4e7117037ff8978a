import { Badge, type MantineColor } from '@mantine/core';
import type { Verdict } from '#schema/sync/receipt.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { Icon, type IconName } from './icons.tsx';

/** How far an act has come (principle 2): on this tablet, at the server, in the books. */
export type WorkStage = 'saved' | 'sent' | 'confirmed';

const LOOKS: Record<WorkStage, { readonly icon: IconName; readonly color: MantineColor }> = {
  saved: { icon: 'saved', color: 'gray' },
  sent: { icon: 'sent', color: 'blue' },
  confirmed: { icon: 'confirmed', color: 'teal' },
};

/** The one look of “saved here · sent · confirmed”: icon, word and colour. */
export function WorkStatus({ stage }: { readonly stage: WorkStage }) {
  const { t } = useI18n();
  const { icon, color } = LOOKS[stage];
  return (
    <Badge
      size="lg"
      variant="light"
      color={color}
      tt="none"
      leftSection={<Icon name={icon} size={14} />}
      title={t(`status.${stage}Hint`)}
    >
      {t(`status.${stage}`)}
    </Badge>
  );
}

const VERDICT_COLORS: Record<Verdict, MantineColor> = {
  applied: 'teal',
  flagged: 'yellow',
  merged: 'yellow',
  refused: 'red',
  quarantined: 'red',
};

/** What the server said of an act, as word and colour. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useI18n();
  return (
    <Badge size="lg" variant="light" color={VERDICT_COLORS[verdict]} tt="none">
      {t(`verdict.${verdict}`)}
    </Badge>
  );
}
