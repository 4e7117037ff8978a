import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useTrouble, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { Done } from '../../ui/states.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import type { CommandResult } from '../../workspace.ts';
import { AskManager } from './ask-manager.tsx';
import { EditForm } from './edit-form.tsx';
import { editableValuesOf } from './editable-values.ts';
import { type Args, type Choice, choicesForMine, type Explanation } from './explanation.ts';
import { ActLink } from './explanation-view.tsx';
import { dependantsOf, overPresent, sendAgain } from './send-again.ts';
import { usePresent } from './use-background.ts';

/** What to do about an own act, all of it on the spot; nothing here throws away what was entered (SY23). */
export function Choices({ explanation, args }: { readonly explanation: Explanation; readonly args: Args }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const present = usePresent(explanation);
  const troubled = useTrouble();
  const [opened, setOpened] = useState<'edit' | 'ask_manager' | null>(null);
  const { result, save } = useEntry();
  const [isNothing, setNothing] = useState(false);
  const { n, name, conflicts } = explanation;
  const dependants = dependantsOf(n, troubled.kind === 'ready' ? troubled.value : []);
  const ticket = (of: number) => `T${workspace.device.number}-${of}`;
  const send = (wanted: Args | null) => {
    setNothing(wanted === null);
    if (wanted !== null) void save(() => sendAgain(workspace, explanation, wanted, dependants));
  };
  const shown = isNothing ? 'nothing' : result;
  // A conflict keeps the other fields that were taken: only those it left are sent again.
  const disputed = conflicts.length > 0 ? conflicts.map(({ field }) => field) : undefined;
  const act: Record<Exclude<Choice, 'resolve'>, () => void> = {
    use_mine: () => send(overPresent(args, present, disputed)),
    edit: () => setOpened(opened === 'edit' ? null : 'edit'),
    keep_theirs: () => workspace.dismiss(n),
    read: () => workspace.dismiss(n),
    ask_manager: () => setOpened(opened === 'ask_manager' ? null : 'ask_manager'),
  };
  const isSaved = result?.kind === 'saved';
  const choices = isSaved
    ? []
    : choicesForMine(explanation).filter((choice) => choice !== 'edit' || editableValuesOf(name, args).length > 0);
  return (
    <Stack>
      {explanation.restsOn !== null && (
        <Text>
          {t('explain.restsOn', { ticket: ticket(explanation.restsOn) })}{' '}
          <ActLink n={explanation.restsOn} ticket={ticket(explanation.restsOn)} />
        </Text>
      )}
      {dependants.length > 0 && <Dependants dependants={dependants.map(({ mutation }) => mutation)} ticket={ticket} />}
      {choices.length > 0 && (
        <Card withBorder component="section" aria-label={t('explain.choices')}>
          <Title order={2} size="h5" mb="xs">
            {t('explain.choices')}
          </Title>
          <Group gap="xs">
            {choices.map((choice, index) =>
              choice === 'resolve' ? null : (
                <Button
                  key={choice}
                  variant={index === 0 ? 'filled' : 'default'}
                  aria-expanded={choice === opened ? true : undefined}
                  onClick={act[choice]}
                >
                  {t(`explain.${choice}`)}
                </Button>
              ),
            )}
            <GoThere explanation={explanation} />
          </Group>
          {opened !== null && (
            <div style={{ marginTop: 'var(--mantine-spacing-md)' }}>
              {opened === 'edit' && (
                <EditForm
                  name={name}
                  args={args}
                  onSend={(edited) => send(overPresent(edited, present, disputed))}
                  result={shown}
                />
              )}
              {opened === 'ask_manager' && <AskManager explanation={explanation} />}
            </div>
          )}
        </Card>
      )}
      <SentAgain result={shown} ticket={ticket} isShown={opened !== 'edit'} />
    </Stack>
  );
}

function SentAgain(props: {
  readonly result: CommandResult | 'nothing' | null;
  readonly ticket: (n: number) => string;
  /** The form beside says itself what did not work. */
  readonly isShown: boolean;
}) {
  const { t } = useI18n();
  const { result, ticket } = props;
  if (result === null) return null;
  if (result !== 'nothing' && result.kind === 'saved')
    return <Done>{t('explain.sentAgain', { ticket: ticket(result.mutation.n) })}</Done>;
  if (!props.isShown) return null;
  return result === 'nothing' ? <Done>{t('explain.nothingToChange')}</Done> : <Outcome result={result} />;
}

/** Acts that rest on this one, beneath it; they go along when it is sent again. */
function Dependants(props: {
  readonly dependants: readonly { readonly n: number; readonly name: string }[];
  readonly ticket: (n: number) => string;
}) {
  const { t, findLabel } = useI18n();
  const { dependants, ticket } = props;
  return (
    <Card withBorder component="section" aria-label={t('explain.dependants')}>
      <Title order={2} size="h5" mb="xs">
        {t('explain.dependants')}
      </Title>
      {dependants.map(({ n, name }) => (
        <Text key={n} component="div">
          {findLabel(`act.${name}`) ?? name} · <ActLink n={n} ticket={ticket(n)} />
        </Text>
      ))}
      <Text c="dimmed">{t('explain.dependantsGo', { count: dependants.length })}</Text>
    </Card>
  );
}

/** The screen where the thing itself is looked after. */
export function GoThere({ explanation: { subject, name } }: { readonly explanation: Explanation }) {
  const { t } = useI18n();
  const there = placeOf(subject, name);
  if (there === null) return null;
  return (
    <Button variant="default" component={Link} to={there.to}>
      {t(there.label)}
    </Button>
  );
}

function placeOf(subject: Explanation['subject'], name: string) {
  if (subject?.kind === 'item' || subject?.kind === 'lot') {
    const [itemId = ''] = subject.id.split('~');
    return { to: `/stock/${itemId}`, label: 'explain.goItem' } as const;
  }
  if (name.startsWith('reconciliation.') || name === 'cashSession.close' || name === 'cashSession.recount')
    return { to: '/close', label: 'explain.goClose' } as const;
  if (name.startsWith('stockCount.')) return { to: '/counts', label: 'explain.goCounts' } as const;
  if (/^(?:sale|cashMovement|cashSession|drawer)\./.test(name)) return { to: '/counter', label: 'explain.goCounter' } as const;
  return null;
}
