import { Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { zReportBodySchema } from '#schema/domain/z-report.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import type { ZReport } from '#schema/records/z-report.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';

/**
 * The paper of a close. Provisional until the server gives the number: `P-<tablet>-<n>` and the hash of the tablet's chain, which the
 * numbered Z repeats, so that the two papers belong together for ever (C12). A web app cannot print by itself: the button asks the browser.
 */
export function CloseSlip({
  session,
  tillName,
  report,
}: {
  readonly session: CashSession;
  readonly tillName: string;
  readonly report: ZReport | null;
}) {
  const { t, format } = useI18n();
  const { tenant } = useWorkspace();
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    if (!isPrinting) return;
    window.print();
    setPrinting(false);
  }, [isPrinting]);
  const body = report === null ? null : zReportBodySchema.safeParse(report.body);
  const z = body?.success === true ? body.data : null;
  const lines: readonly (readonly [string, string])[] = [
    [t('slip.till'), tillName],
    [t('slip.businessDay'), format.date(session.businessOn)],
    [t('slip.closedAt'), session.closedAt === null ? '' : format.dateTime(session.closedAt)],
    ...(z === null
      ? []
      : [
          [
            t('slip.documents'),
            z.firstDocument === null ? t('common.none') : `${z.firstDocument} – ${z.lastDocument ?? ''}`,
          ] as const,
          [t('today.turnover'), format.money(z.sales.amountMinor)] as const,
          [t('today.tickets'), format.number(z.sales.count)] as const,
          ...z.vatTotals.map(
            ({ vatRateBp, vatMinor }) => [t('slip.vat', { rate: format.percentBp(vatRateBp) }), format.money(vatMinor)] as const,
          ),
        ]),
  ];
  const hashes: readonly (readonly [string, string | null])[] = [
    [t('slip.chain'), session.closeHash],
    ...(report === null
      ? []
      : ([
          [t('slip.previousZ'), report.prevHash],
          [t('slip.thisZ'), report.hash],
        ] as const)),
  ];
  return (
    <details>
      <summary className="fold">{t('slip.show')}</summary>
      <Stack gap="xs" className={isPrinting ? 'slip printing' : 'slip'}>
        <Text fw={700}>{tenant.name}</Text>
        <Text fw={700}>
          {report === null
            ? t('slip.provisional', { number: session.provisionalNo ?? '' })
            : t('slip.numbered', { number: report.number, provisional: session.provisionalNo ?? '' })}
        </Text>
        {lines.map(([name, value]) => (
          <Group key={name} justify="space-between">
            <Text>{name}</Text>
            <Text className="figures">{value}</Text>
          </Group>
        ))}
        {hashes.map(
          ([name, hash]) =>
            hash !== null && (
              <div key={name}>
                <Text size="sm">{name}</Text>
                <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                  {hash}
                </Text>
              </div>
            ),
        )}
        {report === null && <Text size="sm">{t('slip.provisionalHint')}</Text>}
      </Stack>
      <Button variant="default" mt="xs" onClick={() => setPrinting(true)}>
        {t('slip.print')}
      </Button>
    </details>
  );
}
