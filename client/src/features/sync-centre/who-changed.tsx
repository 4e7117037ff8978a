import { Stack, Text } from '@mantine/core';
import type { Background } from '../../explain-act.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import type { Changer } from './use-background.ts';
import { useNames } from './use-names.ts';

const OTHERS_SHOWN = 10;

/** Who did something, on which tablet where that is known, and when by that tablet's clock. */
export function By({ changer, nameOf }: { readonly changer: Changer; readonly nameOf: (id: string) => string | null }) {
  const { t, format } = useI18n();
  const { actorId, deviceId, at } = changer;
  const who = actorId === 'system' ? t('audit.server') : (nameOf(actorId ?? '') ?? t('common.someone'));
  const when = format.dateTime(at);
  if (deviceId === null) return t('explain.byOnly', { who, when });
  return t('explain.by', { who, tablet: nameOf(deviceId) ?? t('audit.server'), when });
}

/** Acts that changed the same record, newest first, as the server knows them. */
export function Others({ background }: { readonly background: Background | null }) {
  const { t, findLabel } = useI18n();
  const nameOf = useNames();
  if (background === null) return <Text>{t('state.loading')}</Text>;
  if (background.kind === 'unknown') return <Text>{t('explain.unknownOffline')}</Text>;
  if (background.others.length === 0) return <Text>{t('explain.othersNone')}</Text>;
  return (
    <Stack gap={4}>
      {background.others.slice(0, OTHERS_SHOWN).map(({ deviceId, n, actorId, action, at, deviceAt }) => (
        <Text key={`${deviceId ?? ''}-${n ?? at}`} component="div">
          <Text span fw={600}>
            {findLabel(`act.${action}`) ?? action}
          </Text>
          {' · '}
          <By changer={{ actorId, deviceId, at: deviceAt ?? at }} nameOf={nameOf} />
        </Text>
      ))}
    </Stack>
  );
}
