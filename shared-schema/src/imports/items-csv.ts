import type { Currency } from '../money.ts';
import type { ImportedItem } from '../mutations/stock/import-items.ts';
import { UNITS_PER_PACK_MAX } from '../quantity.ts';
import { type Identifier, SCHEDULES } from '../records/item.ts';
import { err, ok } from '../result.ts';
import { codeKey, isCodeColumn, readCodeCell } from './code-cells.ts';
import {
  type MappedRow,
  normaliseHeader,
  problemOf,
  type RowProblem,
  readAmountCell,
  readFlagCell,
  readRateCell,
  readTextCell,
  readWholeCell,
  readWordCell,
} from './csv-cells.ts';

/**
 * Items from a CSV file whose headers are known: ours, and those of the French public catalogue (`cip13_gtin13`, `pack_units_parsed` …).
 * Pure: the caller parses the file into rows by header. An empty cell is a field the file does not carry.
 */

/** Text columns: header → field and longest text. */
const TEXT_COLUMNS = {
  name: ['name', 200],
  form: ['form', 200],
  route: ['route', 200],
  substances: ['substances', 500],
  strength: ['strength', 500],
  strengths: ['strength', 500],
  pack_label: ['packLabel', 300],
  atc: ['atc', 10],
  holder: ['holder', 200],
} as const;

const OTHER_COLUMNS = [
  'units_per_pack',
  'pack_units_parsed',
  'schedule',
  'fr_list',
  'fr_controlled',
  'cold_chain',
  'price',
  'cost',
  'price_public_cents',
  'vat_rate',
];

/** Columns of the French catalogue that an item has no field for. */
const IGNORED_COLUMNS = [
  'cis',
  'hospital_restricted',
  'reimbursement',
  'price_excl_fee_cents',
  'dispensing_fee_cents',
  'marketed_on',
];

/** What a file's headers say before any row is read. */
export interface ItemsHeader {
  /** Headers nobody knows; their columns are not imported. */
  readonly unknown: readonly string[];
  /** Known headers that an item has no field for. */
  readonly ignored: readonly string[];
  /** Why the file cannot be imported at all. */
  readonly problems: readonly RowProblem[];
}

/** Reads the headers. Problems: header_missing (no name column, or none with a code), header_repeated. */
export function readItemsHeader(headers: readonly string[]): ItemsHeader {
  const names = headers.map(normaliseHeader);
  const problems: RowProblem[] = [];
  const lacks = (field: string, remedy: string) => problems.push(problemOf(field, '', { problem: 'header_missing', remedy }));
  if (!names.includes('name')) lacks('name', 'Add a column "name".');
  if (!names.some(isCodeColumn)) lacks('code', 'Add a column "code", "gtin", "cip13", "cip7" or "local_code".');
  for (const [index, name] of names.entries())
    if (names.indexOf(name) !== index)
      problems.push(problemOf(name, '', { problem: 'header_repeated', remedy: 'Keep one column of that name.' }));
  const isKnown = (name: string) => Object.hasOwn(TEXT_COLUMNS, name) || OTHER_COLUMNS.includes(name) || isCodeColumn(name);
  return {
    unknown: headers.filter((_, index) => !isKnown(names[index] ?? '') && !IGNORED_COLUMNS.includes(names[index] ?? '')),
    ignored: names.filter((name) => IGNORED_COLUMNS.includes(name)),
    problems,
  };
}

/** A row ready for `item.import`, and the fields that were missing and get a default in a new item. */
export interface ItemRow {
  readonly item: ImportedItem;
  readonly assumed: readonly string[];
}

/** Maps the rows of one file, in order; it remembers codes, because a file must name each only once. */
export class ItemRowMapper {
  readonly #currency: Currency;
  readonly #rowByCode = new Map<string, number>();

  constructor(currency: Currency) {
    this.#currency = currency;
  }

  /**
   * One row by header, with its number in the file. Problems, all of the row: those of its cells (see `csv-cells.ts`, `code-cells.ts`),
   * name_missing, code_missing, code_repeated.
   */
  map(row: Readonly<Record<string, string>>, rowNumber: number): MappedRow<ItemRow> {
    const draft = new Draft(this.#currency);
    for (const [header, cell] of Object.entries(row)) {
      const text = cell.trim();
      if (text !== '') draft.take(normaliseHeader(header), text);
    }
    const { identifiers, problems } = draft;
    if (draft.fields.name === undefined && !problems.some((problem) => problem.field === 'name'))
      problems.push(problemOf('name', '', { problem: 'name_missing', remedy: 'Write the name of the product.' }));
    if (identifiers.length === 0 && problems.every((problem) => !isCodeColumn(problem.field)))
      problems.push(problemOf('code', '', { problem: 'code_missing', remedy: 'Give the row at least one code.' }));
    for (const identifier of identifiers) {
      const before = this.#rowByCode.get(codeKey(identifier));
      if (before !== undefined)
        problems.push(
          problemOf('code', identifier.value, {
            problem: 'code_repeated',
            remedy: `Row ${before} has this code; keep one of them.`,
          }),
        );
    }
    if (problems.length > 0) return err(problems);
    for (const identifier of identifiers) this.#rowByCode.set(codeKey(identifier), rowNumber);
    const assumed = draft.fields.unitsPerPack === undefined ? ['unitsPerPack'] : [];
    return ok({ item: { ...draft.fields, identifiers }, assumed });
  }
}

type Fields = { -readonly [Field in Exclude<keyof ImportedItem, 'identifiers'>]?: ImportedItem[Field] };

/** A row while its cells are read. */
class Draft {
  readonly fields: Fields = {};
  readonly identifiers: Identifier[] = [];
  readonly problems: RowProblem[] = [];
  readonly #currency: Currency;

  constructor(currency: Currency) {
    this.#currency = currency;
  }

  /** Reads one cell that is not empty. Unknown and ignored columns do nothing. */
  take(header: string, text: string): void {
    if (isCodeColumn(header)) return this.#takeCode(header, text);
    if (isTextColumn(header)) {
      const [field, lengthMax] = TEXT_COLUMNS[header];
      return this.#set(header, text, readTextCell(text, lengthMax), (value) => {
        this.fields[field] = value;
      });
    }
    this.#takeOther(header, text);
  }

  #takeCode(header: Parameters<typeof readCodeCell>[0], text: string): void {
    const code = readCodeCell(header, text);
    if ('problem' in code) this.problems.push(code);
    else if (!this.identifiers.some((known) => codeKey(known) === codeKey(code))) this.identifiers.push(code);
  }

  #takeOther(header: string, text: string): void {
    const { fields } = this;
    const price = (value: number) => {
      fields.packPriceMinor = value;
    };
    switch (header) {
      case 'units_per_pack':
      case 'pack_units_parsed':
        return this.#set(header, text, readWholeCell(text, 1, UNITS_PER_PACK_MAX), (value) => {
          fields.unitsPerPack = value;
        });
      case 'price':
        return this.#set(header, text, readAmountCell(text, this.#currency), price);
      case 'price_public_cents':
        return this.#set(header, text, readWholeCell(text, 0, Number.MAX_SAFE_INTEGER), price);
      case 'cost':
        return this.#set(header, text, readAmountCell(text, this.#currency), (value) => {
          fields.packCostMinor = value;
        });
      case 'vat_rate':
        return this.#set(header, text, readRateCell(text), (value) => {
          fields.vatRateBp = value;
        });
      case 'cold_chain':
        return this.#set(header, text, readFlagCell(text), (value) => {
          fields.coldChain = value;
        });
      case 'schedule':
        return this.#set(header, text, readWordCell(text, SCHEDULES), (value) => this.#setSchedule(value));
      case 'fr_list':
        return this.#set(header, text, readWordCell(text, ['i', 'ii']), (value) =>
          this.#setSchedule(value === 'i' ? 'list_1' : 'list_2'),
        );
      case 'fr_controlled':
        return this.#set(header, text, readWordCell(text, ['narcotic', 'secure_prescription']), (value) =>
          this.#setSchedule(value === 'narcotic' ? 'narcotic' : 'secured'),
        );
      default:
    }
  }

  /** Two columns may speak of the schedule; the stricter holds. */
  #setSchedule(schedule: (typeof SCHEDULES)[number]): void {
    const known = this.fields.schedule;
    if (known === undefined || SCHEDULES.indexOf(schedule) > SCHEDULES.indexOf(known)) this.fields.schedule = schedule;
  }

  #set<Value>(
    header: string,
    text: string,
    cell: { ok: true; value: Value } | { ok: false; error: Pick<RowProblem, 'problem' | 'remedy'> },
    keep: (value: Value) => void,
  ): void {
    if (cell.ok) keep(cell.value);
    else this.problems.push(problemOf(header, text, cell.error));
  }
}

function isTextColumn(header: string): header is keyof typeof TEXT_COLUMNS {
  return Object.hasOwn(TEXT_COLUMNS, header);
}
