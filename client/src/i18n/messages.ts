/**
 * Shape of a message catalogue. A message is text with `{name}` placeholders, or a pair of plural forms chosen by its `{count}`.
 */
export type Message = string | { readonly one: string; readonly other: string };
/** Part of a catalogue: key → message. Keys read `area.what`. */
export type Catalogue = Readonly<Record<string, Message>>;

type PlaceholdersOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholdersOf<Rest>
  : never;

/** Names of the placeholders of a message; plural messages always need `count`. */
export type ParamsOf<M> = M extends string
  ? PlaceholdersOf<M>
  : M extends { readonly one: infer One extends string; readonly other: infer Other extends string }
    ? PlaceholdersOf<One> | PlaceholdersOf<Other> | 'count'
    : never;

/** A translation of a part of a catalogue: the same keys, plural where the source is plural. */
export type TranslationOf<Part extends Catalogue> = {
  readonly [Key in keyof Part]: Part[Key] extends string ? string : { readonly one: string; readonly other: string };
};
