/** What was typed into a form's named fields. */
export function valuesOf(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) if (name !== '' && typeof value === 'string') values[name] = value;
  return values;
}
