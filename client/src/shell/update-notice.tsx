import { Text } from '@mantine/core';
import { useI18n } from '../i18n/i18n-context.tsx';
import { RescueButton } from '../safety/rescue-button.tsx';
import { UnsentSummary } from '../safety/unsent-summary.tsx';
import { useUnsent } from '../safety/use-unsent.ts';
import { UpdateOffer } from './update-offer.tsx';

/** Offers the version of the app that waits. While something is unsent it says what, and that an update keeps it (SY25). */
export default function UpdateNotice({ onAccept, onLater }: { readonly onAccept: () => void; readonly onLater: () => void }) {
  const { t } = useI18n();
  const unsent = useUnsent();
  return (
    <UpdateOffer onAccept={onAccept} onLater={onLater}>
      {unsent !== null && unsent.acts > 0 && (
        <>
          <UnsentSummary work={unsent} />
          <Text>{t('update.kept')}</Text>
          <RescueButton />
        </>
      )}
    </UpdateOffer>
  );
}
