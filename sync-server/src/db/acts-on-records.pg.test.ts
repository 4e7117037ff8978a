import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestTenant, type TestDevice, type TestTenant } from '../testing/tenant.ts';
import { readActsOnRecords } from './acts-on-records.ts';

let tenant: TestTenant;
let one: TestDevice;
let two: TestDevice;
let itemId = '';

beforeAll(async () => {
  tenant = await createTestTenant();
  one = await tenant.enrol('Tablet 1');
  two = await tenant.enrol('Tablet 2');
  const added = one.make('item.add', { fields: FIELDS });
  itemId = `${one.id}-${added.n}-0`;
  await one.push(added);
});
afterAll(() => tenant.database.drop());

const FIELDS = {
  name: 'Doliro',
  form: '',
  route: '',
  substances: '',
  strength: '',
  packLabel: '',
  unitsPerPack: 16,
  atc: '',
  schedule: 'none',
  coldChain: false,
  identifiers: [],
  packPriceMinor: 250,
  packCostMinor: null,
  vatRateBp: null,
  holder: '',
};

function edit(device: TestDevice, changes: Record<string, { from: unknown; to: unknown }>) {
  return device.make('item.edit', { itemId, changes: JSON.parse(JSON.stringify(changes)) });
}

test('[SY23] the act that changed a field first is named with its maker, tablet, times and fields', async () => {
  const theirs = edit(two, { packPriceMinor: { from: 250, to: 260 } });
  await two.push(theirs);
  await two.push(edit(two, { name: { from: 'Doliro', to: 'Doliro 500' } }));
  const mine = edit(one, { packPriceMinor: { from: 250, to: 275 } });
  expect(await one.push(mine)).toMatchObject({ receipts: [{ verdict: 'merged' }] });
  await two.push(edit(two, { strength: { from: '', to: '500 mg' } }));

  const explained = await readActsOnRecords(tenant.database.app, tenant.tenantId, {
    deviceId: one.id,
    n: mine.n,
    refs: [`item/${itemId}`],
    since: 0,
  });

  expect(explained.held).toEqual({ name: 'item.edit', actorId: 'ana', madeAt: mine.madeAt, args: mine.args });
  expect(explained.others.map(({ action, fields, deviceId }) => [action, fields, deviceId])).toEqual([
    ['item.edit', ['name'], two.id],
    ['item.edit', ['packPriceMinor'], two.id],
    ['item.add', [], one.id],
  ]);
  expect(explained.others[1]).toMatchObject({ actorId: 'ana', n: theirs.n, at: tenant.env.now(), deviceAt: theirs.madeAt });
});

test('[SY23] only what came after what its maker saw is named, and an act not sent yet is held by nobody', async () => {
  const unsent = { deviceId: one.id, n: 900, refs: [`item/${itemId}`] };
  const all = await readActsOnRecords(tenant.database.app, tenant.tenantId, { ...unsent, since: 0 });
  expect(all.held).toBeNull();
  const seq = tenant.commits.at(-1)?.seq ?? 0;
  const none = await readActsOnRecords(tenant.database.app, tenant.tenantId, { ...unsent, since: seq });
  expect([all.others.length, none.others]).toEqual([4, []]);
});

test('[SY23] another tenant’s log says nothing', async () => {
  const other = await createTestTenant({ database: tenant.database, tenantId: 'otherTenant00000'.toLowerCase() });
  const seen = await readActsOnRecords(tenant.database.app, other.tenantId, {
    deviceId: one.id,
    n: 1,
    refs: [`item/${itemId}`],
    since: 0,
  });
  expect(seen).toEqual({ held: null, others: [] });
});
