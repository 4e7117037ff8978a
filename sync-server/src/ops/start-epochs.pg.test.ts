import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestServer, type TestServer } from '../testing/server.ts';
import { SILENT_LOG } from '../testing/silent-log.ts';
import { RESTORED_FILE } from './copy-data.ts';
import { startEpochs } from './start-epochs.ts';

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await createTestServer();
  folder = await mkdtemp(path.join(tmpdir(), 'restored-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const headSchema = z.looseObject({ epoch: z.int(), size: z.int(), hash: z.string() });

test('[SY8] [SY19] after a restore every pharmacy starts a new epoch, whose first leaf names what was restored; once', async () => {
  const pharmacies = [await server.foundPharmacy('ana@test.test'), await server.foundPharmacy('bea@test.test')];
  const headOf = async (bearer: Readonly<Record<string, string>>) =>
    headSchema.parse((await server.call('GET', '/api/audit-log/head', { headers: bearer })).body);
  const before = await Promise.all(pharmacies.map(({ bearer }) => headOf(bearer)));
  const deps = { ...server.running.deps, log: SILENT_LOG };
  await startEpochs(deps, folder);
  expect(await Promise.all(pharmacies.map(({ bearer }) => headOf(bearer)))).toEqual(before);
  await writeFile(path.join(folder, RESTORED_FILE), '{}');
  await startEpochs(deps, folder);
  await startEpochs(deps, folder);
  for (const [i, { bearer }] of pharmacies.entries()) {
    const { epoch = 0, size = 0, hash } = before[i] ?? {};
    expect(await headOf(bearer)).toMatchObject({ epoch: epoch + 1, size: size + 1 });
    const { body } = await server.call('GET', `/api/audit-log?from=${size}&limit=1`, { headers: bearer });
    expect(JSON.stringify(body)).toContain('tenant.restored');
    expect(JSON.stringify(body)).toContain(`size ${size}`);
    expect(JSON.stringify(body)).toContain(`hash ${hash}`);
  }
  expect(await readdir(folder)).toEqual([]);
});
