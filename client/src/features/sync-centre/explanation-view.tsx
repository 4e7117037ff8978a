import { Alert, Anchor, Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useRecord } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { describeEntered, describePresent, type EnteredLine } from './describe-values.ts';
import type { Args, Explanation } from './explanation.ts';
import { FieldCard } from './field-card.tsx';
import { useBackground, usePresent } from './use-background.ts';
import { useNameOf, useNames } from './use-names.ts';
import { Others } from './who-changed.tsx';

type Present = Readonly<Record<string, unknown>> | null;

/** What became of an act: why, what was there, what was entered, what is there now, who did that and when, and what it is worth (SY23). */
export function ExplanationView({ explanation, isMine }: { readonly explanation: Explanation; readonly isMine: boolean }) {
  const { t } = useI18n();
  const present = usePresent(explanation);
  const background = useBackground(explanation);
  const { conflicts, outcome } = explanation;
  const held = background?.kind === 'known' ? background.held : null;
  const args = explanation.args ?? held?.args ?? null;
  return (
    <Stack>
      <Headline explanation={explanation} />
      {conflicts.length > 0 && (
        <Part title={t('explain.fields')}>
          {conflicts.map((conflict) => (
            <FieldCard
              key={conflict.field}
              conflict={conflict}
              explanation={explanation}
              present={present}
              background={background}
              isMine={isMine}
            />
          ))}
        </Part>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Part title={t(isMine ? 'explain.mine' : 'explain.entered')}>
          {args === null ? <Text>{t('explain.enteredUnknown')}</Text> : <Described args={args} />}
        </Part>
        {outcome === 'forked' ? (
          <Part title={t('explain.held')}>
            {held === null ? (
              <Text>{t(background?.kind === 'known' ? 'explain.heldNone' : 'explain.enteredUnknown')}</Text>
            ) : (
              <Described args={held.args} />
            )}
          </Part>
        ) : (
          explanation.subject !== null &&
          outcome !== 'fine' && (
            <Part title={t('explain.present')}>
              <PresentRecord present={present} />
            </Part>
          )
        )}
      </SimpleGrid>
      {explanation.subject !== null && outcome !== 'fine' && outcome !== 'forked' && (
        <Part title={t('explain.others')}>
          <Others background={background} />
        </Part>
      )}
    </Stack>
  );
}

/** Codes that are what the title says in other words. */
const SAID_BY_THE_TITLE = new Set(['manager_asked', 'depends_on', 'field_conflict', 'forked']);
/** Parts of the details that the screen says in its own place. */
const UNSPOKEN_DETAILS = ['n', 'question', 'theirs', 'standing'];

function Headline({ explanation }: { readonly explanation: Explanation }) {
  const { t, format } = useI18n();
  const problemText = useProblemText();
  const nameOf = useNames(explanation.details);
  const words = useI18n();
  const { outcome, codes, effect, state, details, exception } = explanation;
  const color =
    state !== 'open' ? 'gray' : outcome === 'fine' ? 'teal' : outcome === 'flagged' || outcome === 'asked' ? 'yellow' : 'red';
  const reasons = codes.filter((code) => !SAID_BY_THE_TITLE.has(code)).map(problemText);
  const named = describeEntered(without(details, UNSPOKEN_DETAILS), words, nameOf);
  const amounts =
    effect === null
      ? []
      : [
          ...(effect.amountMinor === null
            ? []
            : [effect.kind === 'value' ? format.money(effect.amountMinor) : format.signedMoney(effect.amountMinor)]),
          ...(effect.units === null
            ? []
            : [
                t('explain.units', {
                  units: effect.kind === 'value' ? format.number(effect.units) : format.signedNumber(effect.units),
                }),
              ]),
        ];
  return (
    <Alert color={color} title={t(`explain.outcome.${outcome}`)} role="status">
      <Stack gap={6}>
        {reasons.length > 0 && <Text fw={600}>{reasons.join('; ')}</Text>}
        <Text>{t(`explain.meaning.${outcome}`)}</Text>
        {typeof details.question === 'string' && <Text fw={600}>“{details.question}”</Text>}
        {effect !== null && (
          <Text className="figures" data-testid="effect">
            {t(`explain.${effect.kind}`)}: {amounts.join(' · ')}
          </Text>
        )}
        {named.length > 0 && (
          <div>
            <Text fz="sm">{t('explain.named')}</Text>
            <Lines lines={named} isOnColour />
          </div>
        )}
        {state === 'put_aside' && <Text fz="sm">{t('explain.putAside')}</Text>}
        {exception?.status === 'resolved' && exception.resolvedAt !== null && (
          <Text>
            {t('sync.resolvedBy', {
              who: nameOf(exception.resolvedBy ?? '') ?? t('common.someone'),
              when: format.dateTime(exception.resolvedAt),
              text: exception.resolution ?? '',
            })}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}

function PresentRecord({ present }: { readonly present: Present }) {
  const words = useI18n();
  const nameOf = useNames();
  if (present === null) return <Text>{words.t('explain.presentNone')}</Text>;
  return <Lines lines={describePresent(present, words, nameOf)} />;
}

/** Values of an act in plain words, line by line. */
export function Described({ args }: { readonly args: Args }) {
  const words = useI18n();
  const nameOf = useNames(args);
  return <Lines lines={describeEntered(args, words, nameOf)} />;
}

/** `isOnColour`: dimmed words would be too pale there. */
function Lines({ lines, isOnColour = false }: { readonly lines: readonly EnteredLine[]; readonly isOnColour?: boolean }) {
  return (
    <>
      {lines.map(({ label, value, depth }, index) => (
        <Text key={`${index} ${label}`} ps={depth * 16} fz="sm" className="figures">
          <Text span inherit {...(isOnColour ? {} : { c: 'dimmed' })}>
            {label}
          </Text>{' '}
          {value}
        </Text>
      ))}
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <Stack gap="xs">{children}</Stack>
    </Card>
  );
}

/** Who made an act, on which tablet, when, and the number on paper; with the product it is about. */
export function MadeBy({ explanation }: { readonly explanation: Explanation }) {
  const { t, format } = useI18n();
  const nameOf = useNames();
  const device = useRecord('device', explanation.deviceId);
  const tablet = device.kind === 'ready' ? device.value : null;
  const about = useNameOf(explanation.subject?.id ?? null);
  const who = explanation.actorId === null ? t('common.unknown') : (nameOf(explanation.actorId) ?? t('common.someone'));
  return (
    <Text c="dimmed">
      {about !== null && (
        <Text span inherit fw={600}>
          {about}
          {' · '}
        </Text>
      )}
      {t('explain.made', { who, tablet: tablet?.name ?? t('common.unknown'), when: format.dateTime(explanation.at) })}
      {tablet !== null && ` · ${t('explain.ticket', { ticket: `T${tablet.number}-${explanation.n}` })}`}
    </Text>
  );
}

/** A link to an own act, by the number on its paper. */
export function ActLink({ n, ticket }: { readonly n: number; readonly ticket: string }) {
  const { t } = useI18n();
  return (
    <Anchor component={Link} to={`/sync/acts/${n}`}>
      {t('explain.openRoot', { ticket })}
    </Anchor>
  );
}

function without(args: Args, names: readonly string[]): Args {
  return Object.fromEntries(Object.entries(args).filter(([name]) => !names.includes(name)));
}
