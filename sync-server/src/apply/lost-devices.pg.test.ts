import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRecord, readTablets } from '../db/tenant-reads.ts';
import { ReportLimits } from '../sync/reports.ts';
import { answerPull, findPeer } from '../sync/sync-service.ts';
import { createTestTenant, TEST_DAY_ON, type TestDevice, type TestTenant } from '../testing/tenant.ts';
import { enrolDevice } from './tenants.ts';

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await createTestTenant();
});
afterAll(() => tenant.database.drop());

const deps = () => ({ env: tenant.env, store: tenant.store, door: tenant.door, reports: new ReportLimits() });
const stateOf = async (id: string) =>
  (await readTablets(tenant.database.app, tenant.tenantId)).find((tablet) => tablet.id === id);
const exceptionOf = (id: string) => readRecord(tenant.database.app, tenant.tenantId, 'exception', id);

async function pullAs(device: TestDevice) {
  const peer = await findPeer(deps(), tenant.tenantId, device.token);
  return answerPull(deps(), peer, { epoch: 1, since: 0, limit: 1, receiptsAfter: 0, head: null });
}

describe('[SY25] what the server knows of its tablets', () => {
  test('to which number each was received and when it was heard of', async () => {
    const [one, two] = [await tenant.enrol('One'), await tenant.enrol('Two')];
    await one.push(one.make('till.add', { name: 'A' }), one.make('till.add', { name: 'B' }));
    expect(await stateOf(one.id)).toMatchObject({ name: 'One', receivedN: 2, status: 'active', heardAt: tenant.env.now() });
    expect(await stateOf(two.id)).toMatchObject({ receivedN: 0 });
  });

  test('a tablet whose store was cleared is closed when it enrols anew, and a manager reads what may be missing', async () => {
    const cleared = await tenant.enrol('Tablet');
    await cleared.push(cleared.make('till.add', { name: 'C' }));
    const next = await enrolDevice(deps(), tenant.tenantId, {
      name: 'Tablet',
      set: 'office',
      enrolledBy: 'ana',
      businessOn: TEST_DAY_ON,
      replaces: { deviceToken: cleared.token, madeN: 4 },
    });
    const state = await stateOf(cleared.id);
    expect(state).toMatchObject({ status: 'lost', receivedN: 1 });
    expect(await stateOf(next.deviceId)).toMatchObject({ status: 'active', receivedN: 0 });
    const { rows } = await tenant.database.owner.query<{ id: string }>(
      `select id from exceptions where about_id = $1 and status = 'open'`,
      [cleared.id],
    );
    expect(await exceptionOf(rows[0]?.id ?? '')).toMatchObject({
      codes: ['device_evicted'],
      details: { name: 'Tablet', number: state?.number, receivedN: 1, madeN: 4, replacedBy: next.deviceId },
    });
  });

  test('enrolling twice for the same cleared tablet, or for a token nobody has, closes nothing more', async () => {
    const cleared = await tenant.enrol('Twice');
    const enrolment = { name: 'Twice', set: 'office', enrolledBy: 'ana', businessOn: TEST_DAY_ON } as const;
    for (const deviceToken of [cleared.token, cleared.token, 'nobodys'])
      await enrolDevice(deps(), tenant.tenantId, { ...enrolment, replaces: { deviceToken, madeN: null } });
    const { rows } = await tenant.database.owner.query('select 1 from exceptions where about_id = $1', [cleared.id]);
    expect(rows).toHaveLength(1);
  });
});

describe('[SY25] a tablet declared lost', () => {
  test('is closed with a task; what it still sends is kept in quarantine, and it gets nothing else', async () => {
    const [manager, lost] = [await tenant.enrol('Office'), await tenant.enrol('Lost')];
    await lost.push(lost.make('till.add', { name: 'D' }));
    const declare = manager.make('device.declareLost', { deviceId: lost.id, receivedN: 1, note: 'stolen on the bus' });
    expect(await manager.push(declare)).toMatchObject({ receipts: [{ verdict: 'flagged', codes: ['device_lost'] }] });
    expect(await stateOf(lost.id)).toMatchObject({ status: 'lost', receivedN: 1 });
    expect(await exceptionOf(`${manager.id}-1-x`)).toMatchObject({ details: { receivedN: 1, note: 'stolen on the bus' } });
    expect(await lost.push(lost.make('till.add', { name: 'E' }))).toMatchObject({ receipts: [{ n: 2, verdict: 'quarantined' }] });
    await expect(pullAs(lost)).rejects.toMatchObject({ code: 'device_lost' });
    const again = manager.make('device.declareLost', { deviceId: lost.id, receivedN: 2, note: 'again' });
    expect(await manager.push(again)).toMatchObject({ receipts: [{ verdict: 'refused', codes: ['device_already_lost'] }] });
  });

  test('cannot be the one it is declared on, nor a channel of the server, nor by who may not', async () => {
    const device = await tenant.enrol('Own');
    const { rows } = await tenant.database.owner.query<{ id: string }>(`select id from device_states where channel = 'api'`);
    const channel = rows[0]?.id ?? '';
    const args = { receivedN: 0, note: 'x' };
    const outcome = await device.push(
      device.make('device.declareLost', { ...args, deviceId: device.id }),
      device.make('device.declareLost', { ...args, deviceId: channel }),
      device.make('member.add', { userId: 'pia', name: 'Pia', role: 'pharmacist' }),
      device.make('device.declareLost', { ...args, deviceId: device.id }, { actorId: 'pia' }),
      device.make('device.reportEvicted', { deviceId: device.id, receivedN: 0, madeN: null, replacedBy: device.id }),
    );
    expect(outcome).toMatchObject({
      receipts: [
        { codes: ['own_device'] },
        { codes: ['device_not_found'] },
        { verdict: 'applied' },
        { codes: ['role_not_allowed'] },
        { codes: ['role_not_allowed'] },
      ],
    });
    expect(await stateOf(device.id)).toMatchObject({ status: 'active', receivedN: 5 });
  });

  test('no tablet can rename or renumber another by saying that it registers it', async () => {
    const [one, two] = [await tenant.enrol('Mine'), await tenant.enrol('Yours')];
    const forged = { id: two.id, name: 'Taken', number: 9, channel: 'tablet', set: 'office', enrolledBy: 'ana' };
    expect(await one.push(one.make('device.register', forged))).toMatchObject({
      receipts: [{ verdict: 'refused', codes: ['role_not_allowed'] }],
    });
    expect(await stateOf(two.id)).toMatchObject({ name: 'Yours' });
  });
});

describe('[SY8] a tablet that a server forgot when it was set back', () => {
  const enrolment = { name: 'Forgotten', set: 'counter', enrolledBy: 'ana', businessOn: TEST_DAY_ON } as const;
  const comeBack = (deviceId: string, number: number, deviceToken = `token of ${deviceId}`) =>
    enrolDevice(deps(), tenant.tenantId, { ...enrolment, returns: { deviceId, deviceToken, number } });

  test('comes back as the one it was, with its number while that is free, as often as it asks', async () => {
    for (let times = 0; times < 2; times += 1)
      expect(await comeBack('f0rg0ttxn001', 50)).toMatchObject({ deviceId: 'f0rg0ttxn001', number: 50, set: 'counter' });
    expect((await tenant.enrol('Next')).id).not.toBe('f0rg0ttxn001');
    expect((await readTablets(tenant.database.app, tenant.tenantId)).map(({ number }) => number)).toContain(51);
    expect(await comeBack('f0rg0ttxn002', 49)).toMatchObject({ number: 49 });
    expect((await exceptionsAbout('f0rg0ttxn001')).length).toBe(0);
  });

  test('gets another number when a new tablet has it, and a manager is told of the tickets on paper', async () => {
    expect(await comeBack('f0rg0ttxn003', 50)).toMatchObject({ number: 52 });
    expect(await exceptionsAbout('f0rg0ttxn003')).toEqual([
      { codes: ['tablet_number_changed'], details: { name: 'Forgotten', number: 52, numberBefore: 50 } },
    ]);
  });

  test('is nobody else: neither under the id of a tablet that is known, nor one that was closed', async () => {
    const [known, closed] = [await tenant.enrol('Known'), await tenant.enrol('Closed')];
    await expect(comeBack(known.id, 90)).rejects.toThrow('not enrolled');
    await expect(comeBack('f0rg0ttxn004', 90, known.token)).rejects.toThrow('not enrolled');
    await known.push(known.make('device.declareLost', { deviceId: closed.id, receivedN: 0, note: 'broken' }));
    await expect(comeBack(closed.id, 90, closed.token)).rejects.toThrow('not enrolled');
    await expect(pullAs({ ...known, token: `token of ${known.id}` })).rejects.toThrow('not enrolled');
  });

  async function exceptionsAbout(id: string): Promise<unknown[]> {
    const { rows } = await tenant.database.owner.query('select codes, details from exceptions where about_id = $1', [id]);
    return rows;
  }
});
