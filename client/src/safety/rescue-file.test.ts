import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type RescueFile, rescueFileSchema } from '#schema/rescue/rescue-file.ts';
import { CHAIN_START, chainMutation, type Mutation } from '#schema/sync/mutation.ts';
import { TABLET_1, testSha256 } from '#schema/testing/test-tenant.ts';
import { readRescueFile } from '#server/rescue/read-rescue-file.ts';
import { RescueKeys } from '#server/rescue/rescue-keys.ts';
import type { OutboxEntry } from '../store/outbox.ts';
import { makeRescueFile, type RescueExport } from './rescue-file.ts';
import { createSealText } from './seal-text.ts';

const TENANT = 'tttttttttttttttt';
const KEYS = new RescueKeys(createHash('sha256').update('test').digest());
const NOW = Date.UTC(2026, 10, 23, 9, 5);

/** Forty acts; the first five have their receipts. */
function outbox(): OutboxEntry[] {
  const entries: OutboxEntry[] = [];
  let prev = CHAIN_START;
  for (let n = 1; n <= 40; n += 1) {
    const mutation: Mutation = chainMutation(
      {
        deviceId: TABLET_1,
        n,
        name: 'cashMovement.record',
        version: 1,
        actorId: 'ana',
        madeAt: NOW - 1_000 * n,
        madeAtSkewMs: null,
        businessOn: '2026-11-23',
        basis: 3,
        args: { note: `Café n° ${n} — 日本`, amountMinor: n },
      },
      prev,
      testSha256,
    );
    prev = mutation.hash;
    const receipt = { n, verdict: 'applied', seq: n, codes: [], details: {}, conflicts: [] } as const;
    entries.push({ mutation, receipt: n <= 5 ? { ...receipt, codes: [], conflicts: [] } : null });
  }
  return entries;
}

function exportOf(
  change: Partial<Parameters<typeof makeRescueFile>[0]> = {},
  seal: Parameters<typeof makeRescueFile>[1] = createSealText(globalThis.crypto),
): Promise<RescueExport> {
  const of = {
    tenantId: TENANT,
    device: { id: TABLET_1, number: 2 },
    rescueKey: KEYS.publicKeyOf(TENANT),
    entries: async () => outbox(),
    now: NOW,
  };
  return makeRescueFile({ ...of, ...change }, seal);
}

async function exportedFile(): Promise<{ text: string; file: RescueFile }> {
  const made = await exportOf();
  if (made.kind !== 'ready') throw new Error(made.kind);
  return { text: made.text, file: rescueFileSchema.parse(JSON.parse(made.text)) };
}

test('[SY24] the rescue file opens with the tenant’s private key and holds every act with its chain intact', async () => {
  const made = await exportOf();
  expect(made).toMatchObject({ kind: 'ready', fileName: 'rescue-T2-202611230905.json', acts: 40, unsent: 35 });
  const { text } = await exportedFile();
  const read = readRescueFile(text, KEYS, testSha256);
  expect(read).toMatchObject({ ok: true, value: { header: { deviceNumber: 2, acts: 40, unsent: 35 } } });
  expect(read.ok && read.value.entries).toEqual(outbox());
});

test('[SY24] nothing of what people entered can be read in the file', async () => {
  const { text } = await exportedFile();
  expect(text).not.toMatch(/cashMovement|Café|amountMinor|"ana/);
});

test('[SY24] two exports of the same outbox share neither key nor nonce', async () => {
  const [one, two] = [(await exportedFile()).file, (await exportedFile()).file];
  expect(one.ephemeralKey).not.toBe(two.ephemeralKey);
  expect(one.iv).not.toBe(two.iv);
});

test.each([
  ['another tablet', { deviceNumber: 3 }],
  ['another time', { exportedAt: 1 }],
  ['fewer acts', { acts: 39 }],
] as const)('[SY24] a header that says %s does not open', async (_name, change) => {
  const { file } = await exportedFile();
  expect(readRescueFile(JSON.stringify({ ...file, ...change }), KEYS, testSha256)).toMatchObject({
    ok: false,
    error: expect.stringContaining('damaged'),
  });
});

/** Another text of the same length: its tenth character is another. */
function changed(text: string): string {
  return `${text.slice(0, 9)}${text[9] === 'A' ? 'B' : 'A'}${text.slice(10)}`;
}

test('[SY24] changed content, a changed key and a cut file are damaged, never a crash', async () => {
  const { file } = await exportedFile();
  for (const change of [
    { sealed: changed(file.sealed) },
    { sealed: 'AA' },
    { ephemeralKey: changed(file.ephemeralKey) },
    { ephemeralKey: 'A'.repeat(87) },
    { iv: changed(file.iv) },
  ])
    expect(readRescueFile(JSON.stringify({ ...file, ...change }), KEYS, testSha256).ok).toBe(false);
  expect(readRescueFile('{', KEYS, testSha256).ok).toBe(false);
});

test('[SY24] another server’s secret, and another tenant’s key, do not open it and say which key would', async () => {
  const { text, file } = await exportedFile();
  const others = new RescueKeys(createHash('sha256').update('other').digest());
  const refused = { ok: false, error: expect.stringContaining(file.keyId) };
  expect(readRescueFile(text, others, testSha256)).toMatchObject(refused);
  const moved = JSON.stringify({ ...file, tenantId: 'uuuuuuuuuuuuuuuu'.replaceAll('u', 'v') });
  expect(readRescueFile(moved, KEYS, testSha256)).toMatchObject(refused);
});

test('[SY24] an act left out inside is named', async () => {
  const { text } = await (async () => {
    const made = await exportOf({ entries: async () => outbox().filter(({ mutation }) => mutation.n !== 20) });
    if (made.kind !== 'ready') throw new Error(made.kind);
    return made;
  })();
  expect(readRescueFile(text, KEYS, testSha256)).toMatchObject({ ok: false, error: expect.stringContaining('Act 21') });
});

test('[SY24] without crypto, without a key, and when reading fails, the export says so', async () => {
  expect(await exportOf({}, null)).toEqual({ kind: 'no_crypto' });
  expect(await exportOf({ rescueKey: undefined })).toEqual({ kind: 'no_key' });
  const broken = async () => {
    throw new Error('the disk is gone');
  };
  expect(await exportOf({ entries: broken })).toEqual({ kind: 'failed', message: 'the disk is gone' });
});
