import { Button, Group, Modal, Stack, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { Lot } from '#schema/records/lot.ts';
import { parseExpiryOn } from '#schema/time.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { UnitsInput } from '../../ui/units-input.tsx';
import type { PricedLine } from './cart.ts';
import { addTaken, concernOf, type HeldLot, heldLotKey, type TakenLot } from './cart-lots.ts';
import { useLotText } from './lot-text.ts';

/** Overrules the proposed lots of one line: all from one lot with a tap, some from each by number, or a lot read from the pack. */
export function LotChooser({
  line,
  todayOn,
  onChoose,
  onClose,
}: {
  readonly line: PricedLine;
  readonly todayOn: string;
  /** Null goes back to first expiry first. */
  readonly onChoose: (taken: readonly TakenLot[] | null) => void;
  readonly onClose: () => void;
}) {
  const { t } = useI18n();
  const [taken, setTaken] = useState<readonly TakenLot[]>(line.taken);
  const [read, setRead] = useState<readonly HeldLot[]>(() => line.taken.map(({ from }) => from));
  const units = taken.reduce((sum, one) => sum + one.units, 0);
  const choices = choicesOf(line.lots, read);
  const unitsOf = (from: HeldLot) => taken.find((one) => heldLotKey(one.from) === heldLotKey(from))?.units ?? 0;
  const set = (from: HeldLot, some: number) => {
    const others = taken.filter((one) => heldLotKey(one.from) !== heldLotKey(from));
    setTaken(some > 0 ? addTaken(others, from, some) : others);
  };
  const choose = (said: readonly TakenLot[] | null) => {
    onChoose(said);
    onClose();
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t('counter.lotsOf', { name: line.item.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <Text>{t('counter.lotsHint')}</Text>
        {choices.map((from) => (
          <Choice
            key={heldLotKey(from)}
            from={from}
            todayOn={todayOn}
            units={unitsOf(from)}
            isOnly={taken.length === 1 && unitsOf(from) > 0}
            onAll={() => setTaken([{ from, units: line.units }])}
            onUnits={(some) => set(from, some)}
          />
        ))}
        <OtherLot
          lots={line.lots}
          onRead={(from) => {
            setRead((known) => [...known, from]);
            setTaken([{ from, units: line.units }]);
          }}
        />
        <Text role="status" fw={600} className="figures">
          {t('counter.lotsSum', { count: units })}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => choose(null)}>
            {t('counter.lotsFefo')}
          </Button>
          <Button disabled={units < 1} onClick={() => choose(taken)}>
            {t('counter.lotsTake')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Lots worth showing: with something in the book, or named on this line; in the order of their expiry. */
function choicesOf(lots: readonly Lot[], read: readonly HeldLot[]): HeldLot[] {
  const held = lots.filter(({ onHandUnits }) => onHandUnits !== 0).map((lot): HeldLot => ({ kind: 'known', lot }));
  const all = new Map([...held, ...read].map((from) => [heldLotKey(from), from]));
  const expiryOf = (from: HeldLot) =>
    (from.kind === 'known' ? from.lot.expiryOn : from.kind === 'printed' ? from.expiryOn : null) ?? '9999-12-31';
  return [...all.values()].toSorted((a, b) => expiryOf(a).localeCompare(expiryOf(b)));
}

function Choice({
  from,
  todayOn,
  units,
  isOnly,
  onAll,
  onUnits,
}: {
  readonly from: HeldLot;
  readonly todayOn: string;
  readonly units: number;
  readonly isOnly: boolean;
  readonly onAll: () => void;
  readonly onUnits: (units: number) => void;
}) {
  const { t } = useI18n();
  const name = useLotText()(from);
  const concern = concernOf(from, todayOn);
  const held = from.kind === 'known' ? t('counter.lotHolds', { count: from.lot.onHandUnits }) : t('counter.lotNotInBook');
  return (
    <Group wrap="nowrap" align="stretch">
      <Button
        variant={isOnly ? 'light' : 'default'}
        aria-pressed={isOnly}
        h="auto"
        mih={56}
        py="xs"
        flex={1}
        justify="start"
        onClick={onAll}
        styles={{ label: { whiteSpace: 'normal', textAlign: 'start' }, inner: { justifyContent: 'start' } }}
      >
        <span>
          {name}
          <br />
          <Text span size="sm" c={concern === null ? 'dimmed' : 'red'}>
            {concern === null || concern === 'not_in_book' ? held : `${t(`lotConcern.${concern}`)} · ${held}`}
          </Text>
        </span>
      </Button>
      <div style={{ width: 96, alignSelf: 'center' }}>
        <UnitsInput
          label={<VisuallyHidden>{t('counter.unitsFrom', { lot: name })}</VisuallyHidden>}
          value={units === 0 ? null : units}
          onChange={(some) => onUnits(some ?? 0)}
        />
      </div>
    </Group>
  );
}

/** A lot as printed on the pack; one of the book when text and expiry are the same (I3). */
function OtherLot({ lots, onRead }: { readonly lots: readonly Lot[]; readonly onRead: (from: HeldLot) => void }) {
  const { t } = useI18n();
  const [lotText, setLotText] = useState('');
  const [expiry, setExpiry] = useState('');
  const expiryOn = parseExpiryOn(expiry);
  const take = () => {
    if (!expiryOn.ok || lotText.trim() === '') return;
    const lot = lots.find((one) => one.lotText === lotText.trim() && one.expiryOn === expiryOn.value);
    onRead(lot ? { kind: 'known', lot } : { kind: 'printed', lotText: lotText.trim(), expiryOn: expiryOn.value });
    setLotText('');
    setExpiry('');
  };
  return (
    <Group align="end" grow preventGrowOverflow={false}>
      <TextInput
        label={t('counter.otherLot')}
        value={lotText}
        maxLength={64}
        onChange={({ currentTarget }) => setLotText(currentTarget.value)}
      />
      <TextInput
        label={t('stock.expiry')}
        placeholder="MM/YYYY"
        value={expiry}
        onChange={({ currentTarget }) => setExpiry(currentTarget.value)}
        error={expiry.length >= 6 && !expiryOn.ok ? t('stock.expiryInvalid') : null}
      />
      <Button variant="default" disabled={!expiryOn.ok || lotText.trim() === ''} onClick={take}>
        {t('counter.otherLotTake')}
      </Button>
    </Group>
  );
}
