import type { en } from './en.ts';
import type { Catalogue, ParamsOf } from './messages.ts';

/** Every key of the catalogues. */
export type MessageKey = keyof typeof en;

type Params<Key extends MessageKey> = [ParamsOf<(typeof en)[Key]>] extends [never]
  ? []
  : [params: Readonly<Record<ParamsOf<(typeof en)[Key]>, string | number>>];

/** Text of a key in the person's language, placeholders filled. A number given for a placeholder is written in the locale. */
export type Translate = <Key extends MessageKey>(key: Key, ...params: Params<Key>) => string;

/** Keys without placeholders: labels that a table may hold. */
export type LabelKey = { [Key in MessageKey]: [ParamsOf<(typeof en)[Key]>] extends [never] ? Key : never }[MessageKey];

/** Builds `t` over a catalogue. `locale` chooses plural forms and writes numbers (BCP 47). */
export function createTranslate(catalogue: Catalogue, locale: string): Translate {
  const fill = createFill(catalogue, locale);
  return (key, ...[params]) => fill(key, params ?? {});
}

/** `t` without types, for keys that are built at run time. */
export function createFill(
  catalogue: Catalogue,
  locale: string,
): (key: string, values: Readonly<Record<string, string | number>>) => string {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (key, values) => {
    const message = catalogue[key];
    if (message === undefined) return key;
    const text =
      typeof message === 'string' ? message : message[plurals.select(Number(values.count)) === 'one' ? 'one' : 'other'];
    return text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
      const value = values[name];
      return typeof value === 'number' ? numbers.format(value) : (value ?? '');
    });
  };
}
