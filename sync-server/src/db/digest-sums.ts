import type { PoolClient } from 'pg';
import { RECORD_KINDS } from '#schema/records/registry.ts';
import { Digest, type DigestSums, subtractSums } from '#schema/sync/digest.ts';
import { readRecordPage } from './record-tables.ts';

/** The digest of a tenant in `tenant_digests` (SY18): hashes are made in JavaScript, the database only adds. */

/** Records read at once when all are counted. */
const COUNT_ROWS = 2_000;
const HALF = 4_294_967_296;

/** Adds sums modulo 2^64. In the order of their buckets, so that writers never wait for each other crosswise. */
export async function addToDigest(client: PoolClient, tenantId: string, change: DigestSums): Promise<void> {
  const entries = Object.entries(change).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return;
  await client.query({
    name: 'add to digest',
    text: `insert into tenant_digests as d (tenant_id, bucket, hi, lo)
      select $1, u.bucket, u.hi, u.lo from unnest($2::text[], $3::bigint[], $4::bigint[]) as u(bucket, hi, lo)
      on conflict (tenant_id, bucket) do update
        set hi = (d.hi + excluded.hi + (d.lo + excluded.lo) / ${HALF}) % ${HALF}, lo = (d.lo + excluded.lo) % ${HALF}`,
    values: [
      tenantId,
      entries.map(([bucket]) => bucket),
      entries.map(([, hex]) => Number.parseInt(hex.slice(0, 8), 16)),
      entries.map(([, hex]) => Number.parseInt(hex.slice(8), 16)),
    ],
  });
}

/** The sums as they are kept. */
export async function readDigest(client: PoolClient, tenantId: string): Promise<DigestSums> {
  const { rows } = await client.query<{ bucket: string; sum: string }>({
    name: 'read digest',
    text: `select bucket, lpad(to_hex(hi), 8, '0') || lpad(to_hex(lo), 8, '0') as sum from tenant_digests
            where tenant_id = $1 and (hi <> 0 or lo <> 0)`,
    values: [tenantId],
  });
  return Object.fromEntries(rows.map(({ bucket, sum }) => [bucket, sum]));
}

/** The sums of the records as they are. */
export async function sumRecords(client: PoolClient, tenantId: string): Promise<DigestSums> {
  const digest = new Digest();
  for (const kind of RECORD_KINDS) {
    for (let afterId = ''; ; ) {
      const page = await readRecordPage(client, tenantId, kind, { afterId, limit: COUNT_ROWS, where: [] });
      for (const stored of page) digest.add(stored);
      if (page.length < COUNT_ROWS) break;
      afterId = page.at(-1)?.body.id ?? '';
    }
  }
  return digest.sums();
}

/**
 * Counts a tenant's records anew and keeps what they add up to; to be called under its lock. Answers the buckets whose sum was another. Writing moves
 * `digest_seq` along.
 */
export async function countDigest(client: PoolClient, tenantId: string): Promise<string[]> {
  const [kept, counted] = [await readDigest(client, tenantId), await sumRecords(client, tenantId)];
  const off = subtractSums(counted, kept);
  await addToDigest(client, tenantId, off);
  await client.query('update tenant_heads set digest_seq = seq where tenant_id = $1', [tenantId]);
  return Object.keys(off).sort();
}
