import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RescueKeys } from './rescue-keys.ts';
import { loadRescueSecret } from './rescue-secret.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rescue-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('[SY24] the secret is made once, for its owner alone, and is the same at every start', async () => {
  const [first, atOnce] = await Promise.all([loadRescueSecret(folder, null), loadRescueSecret(folder, null)]);
  expect(await loadRescueSecret(folder, null)).toEqual(first);
  expect(atOnce).toEqual(first);
  const file = path.join(folder, 'keys', 'rescue-secret');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readFile(file, 'utf8')).trim()).toHaveLength(64);
});

test('[SY24] a given secret is used and nothing is stored; a broken one is not replaced', async () => {
  expect(await loadRescueSecret(folder, 'ab'.repeat(32))).toEqual(Buffer.alloc(32, 0xab));
  await loadRescueSecret(folder, null);
  await writeFile(path.join(folder, 'keys', 'rescue-secret'), 'cut');
  await expect(loadRescueSecret(folder, null)).rejects.toThrow('RESCUE_SECRET');
});

test('[SY24] each tenant has a key of its own that never changes', () => {
  const keys = new RescueKeys(new Uint8Array(32).fill(1));
  const again = new RescueKeys(new Uint8Array(32).fill(1));
  expect(keys.publicKeyOf('aaaaaaaaaaaaaaaa')).toEqual(again.publicKeyOf('aaaaaaaaaaaaaaaa'));
  expect(keys.publicKeyOf('aaaaaaaaaaaaaaaa').id).not.toBe(keys.publicKeyOf('bbbbbbbbbbbbbbbb').id);
});
