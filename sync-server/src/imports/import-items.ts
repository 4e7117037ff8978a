import { type ItemRow, ItemRowMapper, readItemsHeader } from '#schema/imports/items-csv.ts';
import type { Currency } from '#schema/money.ts';
import { IMPORT_IDENTIFIERS_MAX, IMPORT_ITEMS_MAX } from '#schema/mutations/stock/import-items.ts';
import { identifierClaimId } from '#schema/records/claim.ts';
import { type Acting, actAs } from '../apply/act-as.ts';
import { readRecords } from '../db/tenant-reads.ts';
import type { Deps } from '../deps.ts';
import type { ImportJob } from './import-job.ts';
import { demandHeader, demandKept, recordOf } from './import-rows.ts';
import { readRows } from './read-rows.ts';

/** Acts in one transaction: some hundred rows, so that a tablet's push never waits long behind an import. */
const ACTS_AT_ONCE = 4;

interface MappedItem extends ItemRow {
  readonly row: number;
}

/** Items from a CSV file: every row is mapped first, then booked in acts of a hundred rows. A dry run books nothing and says what would come of it. */
export async function runItemsImport(
  deps: Pick<Deps, 'pool' | 'door'>,
  job: ImportJob,
  given: { readonly file: Buffer; readonly currency: Currency; readonly acting: Acting },
): Promise<void> {
  const items = await mapItems(job, given.file, given.currency);
  const size = IMPORT_ITEMS_MAX * ACTS_AT_ONCE;
  for (let from = 0; from < items.length && !job.isCancelled; from += size) {
    const part = items.slice(from, from + size);
    if (job.dryRun) await foresee(deps, job, part);
    else await book(deps, job, part, given.acting);
  }
}

async function mapItems(job: ImportJob, file: Buffer, currency: Currency): Promise<MappedItem[]> {
  const mapper = new ItemRowMapper(currency);
  const items: MappedItem[] = [];
  let headers: readonly string[] | null = null;
  let rows = 0;
  for await (const { number, cells } of readRows(file)) {
    if (headers === null) {
      headers = cells;
      const { unknown, ignored, problems } = readItemsHeader(cells);
      demandHeader(problems);
      job.ignoredColumns = [...unknown, ...ignored];
      continue;
    }
    rows += 1;
    const record = recordOf(headers, cells);
    const mapped = record.ok ? mapper.map(record.value, number) : record;
    if (!mapped.ok) job.refuse(number, mapped.error);
    else if (mapped.value.item.identifiers.length > IMPORT_IDENTIFIERS_MAX) job.refuse(number, [TOO_MANY_CODES]);
    else items.push({ ...mapped.value, row: number });
    if (job.isCancelled) break;
  }
  job.rows = rows;
  return items;
}

const TOO_MANY_CODES = {
  field: 'code',
  value: '',
  problem: 'too_many_codes',
  remedy: `Give the row at most ${IMPORT_IDENTIFIERS_MAX} codes.`,
};

async function book(
  deps: Pick<Deps, 'pool' | 'door'>,
  job: ImportJob,
  part: readonly MappedItem[],
  acting: Acting,
): Promise<void> {
  const chunks: (readonly MappedItem[])[] = [];
  for (let from = 0; from < part.length; from += IMPORT_ITEMS_MAX) chunks.push(part.slice(from, from + IMPORT_ITEMS_MAX));
  const acts = chunks.map((chunk) => ({ name: 'item.import' as const, args: { items: chunk.map(({ item }) => item) } }));
  const outcome = await actAs(deps.door, acting, acts);
  const holders = await holdersOf(deps, acting.tenantId, part);
  for (const [c, chunk] of chunks.entries()) {
    const receipt = outcome.receipts[c];
    const problem = demandKept(receipt);
    for (const [i, { item, row, assumed }] of chunk.entries()) {
      if (problem || !receipt) {
        job.refuse(row, problem ? [problem] : []);
        continue;
      }
      const [code] = item.identifiers;
      const isNew = code !== undefined && holders.get(identifierClaimId(code)) === outcome.newId(receipt, i);
      count(job, isNew, assumed);
    }
  }
}

async function foresee(deps: Pick<Deps, 'pool'>, job: ImportJob, part: readonly MappedItem[]): Promise<void> {
  const holders = await holdersOf(deps, job.tenantId, part);
  for (const { item, assumed } of part) {
    const isHeld = item.identifiers.some((code) => typeof holders.get(identifierClaimId(code)) === 'string');
    count(job, !isHeld, assumed);
  }
}

function count(job: ImportJob, isNew: boolean, assumed: readonly string[]): void {
  job.done += 1;
  if (isNew) job.created += 1;
  else job.updated += 1;
  if (isNew && assumed.length > 0) job.assumed += 1;
}

/** Which item holds each code of some rows, by claim id. */
async function holdersOf({ pool }: Pick<Deps, 'pool'>, tenantId: string, part: readonly MappedItem[]) {
  const ids = part.flatMap(({ item }) => item.identifiers.map(identifierClaimId));
  const claims = await readRecords(pool, tenantId, 'claim', ids);
  return new Map(claims.map(({ id, holderId }) => [id, holderId]));
}
