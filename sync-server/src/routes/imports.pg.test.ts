import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readSharedFile } from '#schema/testing/shared-file.ts';
import { pageOfRecords } from '../db/tenant-reads.ts';
import { createTestServer, type TestPharmacy, type TestServer } from '../testing/server.ts';

const jobSchema = z.looseObject({
  id: z.string(),
  state: z.string(),
  rows: z.int(),
  done: z.int(),
  accepted: z.int(),
  created: z.int(),
  updated: z.int(),
  refused: z.int(),
  failure: z.looseObject({ code: z.string(), detail: z.string() }).nullable(),
  refusedRows: z.array(z.looseObject({ row: z.int(), field: z.string(), problem: z.string(), remedy: z.string() })),
});
type Job = z.infer<typeof jobSchema>;

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(() => server.close());

async function importFile(pharmacy: TestPharmacy, path: string, file: string): Promise<Job> {
  const headers = { ...pharmacy.bearer, 'content-type': 'text/csv' };
  const started = await server.call('POST', `/api/imports/${path}`, { body: file, headers });
  expect(started).toMatchObject({ status: 202 });
  const { id } = jobSchema.parse(started.body);
  await server.running.deps.imports.settled(pharmacy.tenant.id);
  return jobSchema.parse((await server.call('GET', `/api/imports/${id}`, { headers: pharmacy.bearer })).body);
}

const ITEMS = [
  'name;gtin;units_per_pack;price;cold_chain',
  'Paramol 500;3400930000007;16;2,18;no',
  '"Insul; pen";03400930000014;5;31,00;yes',
  ';3400930000021;1;1,00;no',
  'Wrong digit;3400930000022;1;1,00;no',
  'Twice;3400930000007;8;1,00;no',
  '=cmd();3400930000038;8;1,00;no',
].join('\n');

describe('items', () => {
  test('a dry run books nothing, a run books what is right and reports the rest by row, field and reason', async () => {
    const pharmacy = await server.foundPharmacy('items@test.test');
    const dry = await importFile(pharmacy, 'items?dryRun=1', ITEMS);
    expect(dry).toMatchObject({ state: 'done', rows: 6, done: 6, created: 2, updated: 0, refused: 4, dryRun: true });
    expect(await pageOfRecords(server.running.deps.pool, pharmacy.tenant.id, 'item', { afterId: '', limit: 10 })).toEqual([]);
    const job = await importFile(pharmacy, 'items', ITEMS);
    expect(job).toMatchObject({ state: 'done', rows: 6, done: 6, created: 2, updated: 0, refused: 4 });
    expect(job.refusedRows.map(({ row, field, problem }) => [row, field, problem])).toEqual([
      [4, 'name', 'name_missing'],
      [5, 'gtin', 'gtin_check_digit_wrong'],
      [6, 'code', 'code_repeated'],
      [7, 'name', 'cell_is_formula'],
    ]);
    const items = await pageOfRecords(server.running.deps.pool, pharmacy.tenant.id, 'item', { afterId: '', limit: 10 });
    expect(items.map(({ name, packPriceMinor, unitsPerPack }) => `${name} ${packPriceMinor} ${unitsPerPack}`).sort()).toEqual([
      'Insul; pen 3100 5',
      'Paramol 500 218 16',
    ]);
    const again = await importFile(pharmacy, 'items', ITEMS);
    expect(again).toMatchObject({ created: 0, updated: 2, refused: 4 });
    const file = await server.call('GET', `/api/imports/${job.id}/refused.csv`, { headers: pharmacy.bearer });
    expect(file.headers.get('content-disposition')).toContain('refused-items.csv');
    expect(file.body).toContain("\r\n7,name,'=cmd(),cell_is_formula,");
  });

  test('a file that cannot be read says why, and so does one without the columns it needs', async () => {
    const pharmacy = await server.foundPharmacy('bad@test.test');
    expect(await importFile(pharmacy, 'items', 'name,gtin\n"open,1\n')).toMatchObject({
      state: 'failed',
      failure: { code: 'file_not_csv' },
    });
    const lacking = await importFile(pharmacy, 'items', 'title,price\nx,1\n');
    expect(lacking.failure).toMatchObject({ code: 'header_refused' });
    expect(lacking.failure?.detail).toContain('name');
    expect((await importFile(pharmacy, 'items', '')).failure).toMatchObject({ code: 'file_empty' });
    const json = await server.call('POST', '/api/imports/items', { body: {}, headers: pharmacy.bearer });
    expect(json).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  test('only those who may import do, and nobody sees another pharmacy’s import', async () => {
    const pharmacy = await server.foundPharmacy('mine@test.test');
    const other = await server.foundPharmacy('theirs@test.test');
    const job = await importFile(pharmacy, 'items?dryRun=1', ITEMS);
    expect((await server.call('GET', `/api/imports/${job.id}`, { headers: other.bearer })).status).toBe(404);
    const nobody = await server.call('POST', '/api/imports/items', { body: ITEMS, headers: { 'content-type': 'text/csv' } });
    expect(nobody.status).toBe(401);
  });
});

describe('opening stock', () => {
  test('is booked as one opening count; unknown items and lots that must be known are refused', async () => {
    const pharmacy = await server.foundPharmacy('stock@test.test');
    await importFile(pharmacy, 'items', ITEMS);
    const stock = [
      'code,lot,expiry,units',
      '3400930000007,A1,2027-06,48',
      '3400930000007,A2,06/2028,16',
      '3400930000014,,2027-01-31,5',
      '3400930000014,C9,2027-01-31,10',
      '3400930000999,B,2027-01-31,1',
      '3400930000007,A3,2027-06,-1',
    ].join('\n');
    const dry = await importFile(pharmacy, 'stock?dryRun=1', stock);
    expect(dry).toMatchObject({ rows: 6, accepted: 3, refused: 3 });
    const job = await importFile(pharmacy, 'stock', stock);
    expect(job).toMatchObject({ state: 'done', rows: 6, done: 6, accepted: 3, refused: 3 });
    expect(job.refusedRows.map(({ row, problem }) => `${row} ${problem}`).sort()).toEqual([
      '4 unknown_lot_not_allowed',
      '6 gtin_check_digit_wrong',
      '7 number_out_of_range',
    ]);
    const { pool } = server.running.deps;
    const lots = await pageOfRecords(pool, pharmacy.tenant.id, 'lot', { afterId: '', limit: 10 });
    expect(lots.map(({ lotText, expiryOn, onHandUnits }) => `${lotText} ${expiryOn} ${onHandUnits}`).sort()).toEqual([
      'A1 2027-06-30 48',
      'A2 2028-06-30 16',
      'C9 2027-01-31 10',
    ]);
    const counts = await pageOfRecords(pool, pharmacy.tenant.id, 'stockCount', { afterId: '', limit: 10 });
    expect(counts).toMatchObject([{ mode: 'opening', status: 'closed' }]);
    expect(await pageOfRecords(pool, pharmacy.tenant.id, 'exception', { afterId: '', limit: 10 })).toEqual([]);
  });
});

test('the 17,168 packs of the French catalogue are imported', async (context) => {
  const catalogue = readSharedFile('data/catalogue_fr.csv');
  if (catalogue === null) return context.skip('the public catalogue is not beside the project');
  const pharmacy = await server.foundPharmacy('france@test.test');
  const job = await importFile(pharmacy, 'items', catalogue);
  expect(job).toMatchObject({ state: 'done', rows: 17_168, created: 17_168, refused: 0 });
  return undefined;
});
