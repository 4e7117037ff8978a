import { Card, Group, Table, Text, Title } from '@mantine/core';
import { SHOP_ID } from '#schema/records/shop.ts';
import { computeBusinessDate, MINUTE_MS } from '#schema/time.ts';
import { useRecord, useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Empty, Loading } from '../../ui/states.tsx';
import { type DayFigures, type HourFigure, sumDay } from './day-figures.ts';

/** The newest tickets looked through; more than a busy pharmacy's day. */
const TICKETS_READ = 1_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Turnover of the business day, as figures, a small chart and the table beside it. No drawer figure (C6). */
export function DayCard() {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const shop = useRecord('shop', SHOP_ID);
  const sales = useRecords('sale', { descending: true, limit: TICKETS_READ });
  if (shop.kind === 'loading' || sales.kind === 'loading') return <Loading />;
  const { timeZone, cutOffMinutes } = shop.value ?? { timeZone: 'UTC', cutOffMinutes: 0 };
  const offsetMinutes = workspace.offsetMinutes(timeZone);
  const businessOn = computeBusinessDate({ atMs: workspace.now(), offsetMinutes, cutOffMinutes });
  const hourOf = (atMs: number) => Math.floor((atMs + offsetMinutes * MINUTE_MS) / HOUR_MS) % 24;
  const day = sumDay(sales.value, businessOn, hourOf);
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t('today.day')}
      </Title>
      {day.tickets === 0 ? <Empty>{t('today.noSales')}</Empty> : <Figures day={day} />}
    </Card>
  );
}

function Figures({ day }: { readonly day: DayFigures }) {
  const { t, format } = useI18n();
  return (
    <>
      <Group gap="xl" mb="md">
        <Figure label={t('today.turnover')} value={format.money(day.turnoverMinor)} />
        <Figure label={t('today.tickets')} value={format.number(day.tickets)} />
        {day.averageMinor !== null && <Figure label={t('today.average')} value={format.money(day.averageMinor)} />}
      </Group>
      <HourBars hours={day.hours} />
      <details>
        <summary style={{ minHeight: 44, paddingBlock: 10, cursor: 'pointer' }}>{t('today.asTable')}</summary>
        <Table className="figures">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('today.hour')}</Table.Th>
              <Table.Th className="end">{t('today.tickets')}</Table.Th>
              <Table.Th className="end">{t('today.turnover')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {day.hours.map(({ hour, tickets, turnoverMinor }) => (
              <Table.Tr key={hour}>
                <Table.Td>{t('today.hourOf', { from: String(hour) })}</Table.Td>
                <Table.Td className="end">{format.number(tickets)}</Table.Td>
                <Table.Td className="end">{format.money(turnoverMinor)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </details>
    </>
  );
}

function Figure({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <Text c="dimmed" fz="sm">
        {label}
      </Text>
      <Text fw={700} fz="xl" className="figures">
        {value}
      </Text>
    </div>
  );
}

const BAR_WIDTH = 36;
const BAR_GAP = 10;
const CHART_HEIGHT = 110;
const LABEL_HEIGHT = 20;

/** Bars by hour. The table below says the same for reading aloud, so the picture itself is only named. */
function HourBars({ hours }: { readonly hours: readonly HourFigure[] }) {
  const { t } = useI18n();
  const highestMinor = Math.max(1, ...hours.map(({ turnoverMinor }) => turnoverMinor));
  const width = hours.length * (BAR_WIDTH + BAR_GAP);
  return (
    <svg
      role="img"
      aria-label={t('today.byHour')}
      viewBox={`0 0 ${width} ${CHART_HEIGHT + LABEL_HEIGHT}`}
      style={{ maxWidth: width * 1.3, width: '100%', height: 'auto', maxHeight: 200, display: 'block' }}
      preserveAspectRatio="xMinYMax meet"
    >
      {hours.map(({ hour, turnoverMinor }, index) => {
        const height = Math.max(turnoverMinor > 0 ? 2 : 0, (Math.max(0, turnoverMinor) / highestMinor) * CHART_HEIGHT);
        const x = index * (BAR_WIDTH + BAR_GAP);
        return (
          <g key={hour}>
            <rect
              x={x}
              y={CHART_HEIGHT - height}
              width={BAR_WIDTH}
              height={height}
              rx={3}
              fill="var(--mantine-primary-color-filled)"
            />
            <text x={x + BAR_WIDTH / 2} y={CHART_HEIGHT + 15} textAnchor="middle" fontSize={12} fill="currentColor">
              {hour}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
