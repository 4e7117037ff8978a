import { ActionIcon, Alert, Button, Card, Chip, Group, NumberInput, Text, TextInput } from '@mantine/core';
import { memo, useState } from 'react';
import { unitsToPacks } from '#schema/quantity.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { type CartLine, type PricedLine, withLots, withUnits } from './cart.ts';
import { heldLotKey } from './cart-lots.ts';
import { LotChooser } from './lot-chooser.tsx';
import { useLotText } from './lot-text.ts';

const REASONS = ['damaged', 'not_found', 'asked'] as const;

/** One product of the ticket: how much of it, from which lots, and what to know before it is handed over. */
export const CartLineCard = memo(function CartLineCard({
  line,
  todayOn,
  onChange,
  onRemove,
}: {
  readonly line: PricedLine;
  readonly todayOn: string;
  readonly onChange: (line: CartLine) => void;
  readonly onRemove: (line: CartLine) => void;
}) {
  const { t, format } = useI18n();
  /** While somebody types another figure; the line keeps its own until there is one. */
  const [isBlank, setBlank] = useState(false);
  return (
    <Card withBorder p="sm">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={600}>{line.item.name}</Text>
          <Text c="dimmed" fz="sm">
            {line.item.packLabel}
          </Text>
        </div>
        <ActionIcon
          variant="subtle"
          size={44}
          onClick={() => onRemove(line)}
          aria-label={t('counter.remove', { name: line.item.name })}
        >
          ×
        </ActionIcon>
      </Group>
      <Group align="end" gap="xs">
        <NumberInput
          label={t('counter.quantity')}
          w={110}
          min={1}
          hideControls
          allowDecimal={false}
          value={isBlank ? '' : line.units}
          onChange={(value) => {
            setBlank(value === '');
            if (value !== '') onChange(withUnits(line, Number(value)));
          }}
          onBlur={() => setBlank(false)}
        />
        <Packs line={line} onChange={onChange} />
        <Text fw={700} fz="lg" ml="auto" className="figures">
          {format.money(line.amountMinor)}
        </Text>
      </Group>
      {line.item.packPriceMinor === null && (
        <MoneyInput
          label={t('counter.price', { name: line.item.name })}
          onChange={(packPriceMinor) => onChange({ ...line, packPriceMinor })}
        />
      )}
      <Lots line={line} todayOn={todayOn} onChange={onChange} />
    </Card>
  );
});

/** A pack more or less with one tap, and what the quantity is in packs. */
function Packs({ line, onChange }: { readonly line: PricedLine; readonly onChange: (line: CartLine) => void }) {
  const { t } = useI18n();
  const size = line.item.unitsPerPack;
  const { packs, looseUnits: loose } = unitsToPacks(line.units, size);
  const whole = loose === 0 ? t('units.packsOnly', { count: packs }) : t('units.packsLoose', { count: packs, loose });
  const quantity = line.units < size ? t('counter.partOfPack', { loose, size }) : whole;
  return (
    <>
      <ActionIcon
        variant="default"
        size={44}
        disabled={line.units <= size}
        aria-label={t('counter.packLess', { name: line.item.name })}
        onClick={() => onChange(withUnits(line, line.units - size))}
      >
        −
      </ActionIcon>
      <ActionIcon
        variant="default"
        size={44}
        aria-label={t('counter.packMore', { name: line.item.name })}
        onClick={() => onChange(withUnits(line, line.units + size))}
      >
        +
      </ActionIcon>
      {size > 1 && (
        <Text c="dimmed" fz="sm">
          {quantity}
          {line.opensPack ? ` · ${t('counter.opensPack')}` : ''}
        </Text>
      )}
    </>
  );
}

function Lots({
  line,
  todayOn,
  onChange,
}: {
  readonly line: PricedLine;
  readonly todayOn: string;
  readonly onChange: (line: CartLine) => void;
}) {
  const { t, format } = useI18n();
  const lotText = useLotText();
  const [isChoosing, setChoosing] = useState(false);
  return (
    <>
      <Group justify="space-between" align="start" mt="xs" wrap="nowrap">
        <ul className="plain-list" aria-label={t('counter.lots')}>
          {line.taken.map(({ from, units }) => (
            <li key={heldLotKey(from)}>{t('counter.lotUnits', { lot: lotText(from), units: format.number(units) })}</li>
          ))}
        </ul>
        <Button
          variant="default"
          size="sm"
          mih={44}
          style={{ flexShrink: 0 }}
          aria-label={t('counter.changeLotsOf', { name: line.item.name })}
          onClick={() => setChoosing(true)}
        >
          {t('counter.changeLots')}
        </Button>
      </Group>
      {line.taken.map(
        ({ from, concern }) =>
          concern !== null && (
            <Alert key={heldLotKey(from)} color={concern === 'not_in_book' ? 'orange' : 'red'} mt="xs" role="status">
              {t(`counter.concern.${concern}`, { lot: lotText(from) })}
            </Alert>
          ),
      )}
      {line.shortUnits > 0 && line.taken.some(({ concern }) => concern !== 'not_in_book') && (
        <Alert color="orange" mt="xs" role="status">
          {t('counter.short', { units: format.number(line.shortUnits) })}
        </Alert>
      )}
      {line.passedOver !== null && <PassedOver line={line} onChange={onChange} />}
      {isChoosing && (
        <LotChooser
          line={line}
          todayOn={todayOn}
          onChoose={(taken) => onChange(withLots(line, taken))}
          onClose={() => setChoosing(false)}
        />
      )}
    </>
  );
}

/** An earlier expiry stays on the shelf: take it after all, or say why (I4). */
function PassedOver({ line, onChange }: { readonly line: PricedLine; readonly onChange: (line: CartLine) => void }) {
  const { t, format } = useI18n();
  const lotText = useLotText();
  const lot = line.passedOver;
  if (lot === null) return null;
  const setReason = (fefoReason: string) => onChange({ ...line, fefoReason });
  return (
    <Alert color="yellow" mt="xs" role="status">
      <Text mb="xs">
        {t('counter.passedOver', { lot: lotText({ kind: 'known', lot }), units: format.number(lot.onHandUnits) })}
      </Text>
      <Group gap="xs">
        {REASONS.map((reason) => (
          <Chip
            key={reason}
            size="md"
            checked={line.fefoReason === t(`fefoReason.${reason}`)}
            onChange={() => setReason(t(`fefoReason.${reason}`))}
          >
            {t(`fefoReason.${reason}`)}
          </Chip>
        ))}
      </Group>
      <TextInput
        mt="xs"
        label={t('counter.fefoReason')}
        value={line.fefoReason}
        maxLength={200}
        required
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
    </Alert>
  );
}
