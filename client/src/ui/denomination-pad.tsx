import { Group, NumberInput, SimpleGrid, Stack, Text } from '@mantine/core';
import { countableDenominations, type DenominationCount, denominationKey } from '#schema/domain/denominations.ts';
import { sumMinor } from '#schema/money.ts';
import { useI18n } from '../i18n/i18n-context.tsx';

/** Pieces counted so far, by denomination; blank is not zero. */
export type PadCounts = Readonly<Record<string, number>>;

/** The counts of a pad as an act takes them; null while nothing was counted. */
export function countsOfPad(
  counts: PadCounts,
  currency: Parameters<typeof countableDenominations>[0],
  todayOn: string,
): DenominationCount[] | null {
  const found = countableDenominations(currency, todayOn).flatMap(({ kind, valueMinor }) => {
    const count = counts[denominationKey({ kind, valueMinor })];
    return count === undefined ? [] : [{ kind, valueMinor, count }];
  });
  return found.length === 0 ? null : found;
}

/** Sum of a pad's counts, minor units. */
export function totalOfPad(counts: readonly DenominationCount[] | null): number {
  return sumMinor((counts ?? []).map(({ valueMinor, count }) => valueMinor * count));
}

/** Counts a drawer by notes and coins, with a live total. Nothing is filled in beforehand (principle 4). */
export function DenominationPad({
  todayOn,
  counts,
  onChange,
}: {
  readonly todayOn: string;
  readonly counts: PadCounts;
  readonly onChange: (counts: PadCounts) => void;
}) {
  const { t, format } = useI18n();
  const pieces = countableDenominations(format.currency, todayOn);
  const counted = countsOfPad(counts, format.currency, todayOn);
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 2, sm: 3, md: 5 }} spacing="xs">
        {pieces.toReversed().map(({ kind, valueMinor }) => {
          const key = denominationKey({ kind, valueMinor });
          const value = format.money(valueMinor);
          return (
            <NumberInput
              key={key}
              label={kind === 'note' ? t('pad.note', { value }) : t('pad.coin', { value })}
              min={0}
              max={100_000}
              allowDecimal={false}
              hideControls
              inputMode="numeric"
              value={counts[key] ?? ''}
              onChange={(typed) => {
                const { [key]: _old, ...rest } = counts;
                onChange(typeof typed === 'number' ? { ...rest, [key]: typed } : rest);
              }}
            />
          );
        })}
      </SimpleGrid>
      <Group justify="space-between">
        <Text c="dimmed">{counted === null ? t('pad.blank') : t('pad.total')}</Text>
        <Text fw={700} fz="xl" style={{ fontVariantNumeric: 'tabular-nums' }} data-testid="pad-total">
          {counted === null ? '' : format.money(totalOfPad(counted))}
        </Text>
      </Group>
    </Stack>
  );
}
