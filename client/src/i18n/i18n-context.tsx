import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { Currency } from '#schema/money.ts';
import { createFormat, type Format } from '../ui/format.ts';
import { en } from './en.ts';
import type { Catalogue } from './messages.ts';
import { createFill, createTranslate, type Translate } from './translate.ts';

/** What screens write with: texts, formats, and the language they are in. */
export interface I18n {
  readonly t: Translate;
  readonly format: Format;
  readonly locale: string;
  /** Label of a key built at run time, or null when the catalogue has none. */
  readonly findLabel: (key: string) => string | null;
}

const I18nContext = createContext<I18n | null>(null);

/**
 * Gives screens their language and the shop's money and dates. `locale` is BCP 47 (`fr-FR`); `timeZone` is the shop's IANA zone, so that
 * an office abroad reads the shop's times.
 */
export function I18nProvider(props: {
  readonly catalogue?: Catalogue;
  readonly locale: string;
  readonly currency: Currency;
  readonly timeZone?: string | undefined;
  readonly children: ReactNode;
}) {
  const { catalogue = en, locale, currency, timeZone, children } = props;
  const i18n = useMemo<I18n>(() => {
    const fill = createFill(catalogue, locale);
    return {
      t: createTranslate(catalogue, locale),
      locale,
      format: createFormat({ locale, currency, timeZone }),
      findLabel: (key) => (Object.hasOwn(catalogue, key) ? fill(key, {}) : null),
    };
  }, [catalogue, locale, currency, timeZone]);
  return <I18nContext.Provider value={i18n}>{children}</I18nContext.Provider>;
}

/** Texts and formats. Throws outside `I18nProvider`. */
export function useI18n(): I18n {
  const i18n = useContext(I18nContext);
  if (i18n === null) throw new Error('useI18n needs an I18nProvider above');
  return i18n;
}
