import { equivalentItemCodes } from '#schema/domain/identifiers.ts';
import { problemOf, type RowProblem } from '#schema/imports/csv-cells.ts';
import { readStockHeader, type StockRow, StockRowMapper } from '#schema/imports/stock-csv.ts';
import { COUNT_LINES_MAX } from '#schema/mutations/stock/count-lines.ts';
import { identifierClaimId } from '#schema/records/claim.ts';
import type { Item } from '#schema/records/item.ts';
import { UNKNOWN_LOT } from '#schema/records/lot.ts';
import { type Acting, actAs } from '../apply/act-as.ts';
import { readRecords } from '../db/tenant-reads.ts';
import type { Deps } from '../deps.ts';
import type { ImportJob } from './import-job.ts';
import { demandHeader, demandKept, recordOf } from './import-rows.ts';
import { readRows } from './read-rows.ts';

/** Lines of one act, well below its limit: each may write five records. */
const LINES_AT_ONCE = Math.min(50, COUNT_LINES_MAX);
/** Rows whose items are looked up at once. */
const LOOK_UP_ROWS = 500;

interface FoundRow extends StockRow {
  readonly row: number;
  readonly itemId: string;
}

/** Opening stock from a CSV file, booked as one opening count: what is on the shelf becomes what is in the books. */
export async function runStockImport(
  deps: Pick<Deps, 'pool' | 'door'>,
  job: ImportJob,
  given: { readonly file: Buffer; readonly acting: Acting },
): Promise<void> {
  const found = await findItems(deps, job, await mapStock(job, given.file));
  if (job.dryRun) {
    job.done += found.length;
    job.created += found.length;
    return;
  }
  if (found.length > 0 && !job.isCancelled) await book(deps, job, found, given.acting);
}

async function mapStock(job: ImportJob, file: Buffer): Promise<(StockRow & { row: number })[]> {
  const mapper = new StockRowMapper();
  const lines: (StockRow & { row: number })[] = [];
  let headers: readonly string[] | null = null;
  let rows = 0;
  for await (const { number, cells } of readRows(file)) {
    if (headers === null) {
      headers = cells;
      const { unknown, problems } = readStockHeader(cells);
      demandHeader(problems);
      job.ignoredColumns = unknown;
      continue;
    }
    rows += 1;
    const record = recordOf(headers, cells);
    const mapped = record.ok ? mapper.map(record.value, number) : record;
    if (mapped.ok) lines.push({ ...mapped.value, row: number });
    else job.refuse(number, mapped.error);
    if (job.isCancelled) break;
  }
  job.rows = rows;
  return lines;
}

/** Finds each row's item by its code; refuses what has none, lots that must be known (I3), and a lot counted twice under two codes. */
async function findItems(
  deps: Pick<Deps, 'pool'>,
  job: ImportJob,
  rows: readonly (StockRow & { row: number })[],
): Promise<FoundRow[]> {
  const found: FoundRow[] = [];
  const rowByLot = new Map<string, number>();
  for (let from = 0; from < rows.length && !job.isCancelled; from += LOOK_UP_ROWS) {
    const part = rows.slice(from, from + LOOK_UP_ROWS);
    const itemByCode = await itemsByClaim(deps, job.tenantId, part);
    for (const row of part) {
      const item = claimIdsOf(row).flatMap((id) => itemByCode.get(id) ?? [])[0];
      const lot = `${item?.id} ${row.expiryOn ?? ''} ${row.lotText}`;
      const problem = item ? lotProblem(row, item, rowByLot.get(lot)) : itemUnknown(row);
      if (problem || !item) job.refuse(row.row, problem ? [problem] : []);
      else {
        rowByLot.set(lot, row.row);
        found.push({ ...row, itemId: item.id });
      }
    }
  }
  return found;
}

function itemUnknown({ code }: StockRow): RowProblem {
  return problemOf('code', code.value, { problem: 'item_unknown', remedy: 'Import the item first, or correct the code.' });
}

function lotProblem(row: StockRow, item: Item, rowBefore: number | undefined): RowProblem | null {
  if (rowBefore !== undefined) {
    const remedy = `Row ${rowBefore} counts this lot under another code; add them up.`;
    return problemOf('lot', row.lotText, { problem: 'lot_repeated', remedy });
  }
  const mustBeKnown = item.coldChain || item.schedule === 'narcotic';
  if (row.lotText !== UNKNOWN_LOT || !mustBeKnown) return null;
  return problemOf('lot', '', { problem: 'unknown_lot_not_allowed', remedy: 'Write the lot printed on the pack.' });
}

function claimIdsOf({ code }: StockRow): string[] {
  return equivalentItemCodes(code).map(identifierClaimId);
}

async function itemsByClaim(
  { pool }: Pick<Deps, 'pool'>,
  tenantId: string,
  rows: readonly StockRow[],
): Promise<Map<string, Item>> {
  const claims = await readRecords(pool, tenantId, 'claim', rows.flatMap(claimIdsOf));
  const itemIds = claims.flatMap(({ holderId }) => holderId ?? []);
  const items = new Map((await readRecords(pool, tenantId, 'item', itemIds)).map((item) => [item.id, item]));
  return new Map(
    claims.flatMap(({ id, holderId }) => {
      const item = items.get(holderId ?? '');
      return item ? [[id, item] as const] : [];
    }),
  );
}

async function book(deps: Pick<Deps, 'door'>, job: ImportJob, found: readonly FoundRow[], acting: Acting): Promise<void> {
  const name = `Opening stock ${acting.businessOn}`;
  const started = await actAs(deps.door, acting, [{ name: 'stockCount.start', args: { name, mode: 'opening', itemIds: [] } }]);
  const [receipt] = started.receipts;
  demandKept(receipt);
  if (!receipt) throw new Error('the opening count was not answered');
  const countId = started.newId(receipt, 0);
  for (let from = 0; from < found.length && !job.isCancelled; from += LINES_AT_ONCE) {
    const part = found.slice(from, from + LINES_AT_ONCE);
    const lines = part.map(({ itemId, lotText, expiryOn, countedUnits }) => ({ itemId, lotText, expiryOn, countedUnits }));
    const counted = await actAs(deps.door, acting, [{ name: 'stockCount.countLines', args: { countId, lines } }]);
    const problem = demandKept(counted.receipts[0]);
    for (const { row } of part) {
      if (problem) job.refuse(row, [problem]);
      else {
        job.done += 1;
        job.created += 1;
      }
    }
  }
  await actAs(deps.door, acting, [{ name: 'stockCount.close', args: { countId } }]);
}
