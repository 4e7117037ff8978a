import { z } from 'zod';
import { deviceIdSchema, tenantIdSchema } from '../ids.ts';
import { roleSchema } from '../permissions.ts';
import { DEVICE_SETS } from '../records/device.ts';
import { RECORD_KINDS } from '../records/registry.ts';
import { rescueKeySchema } from '../rescue/rescue-file.ts';
import { receiptSchema, verdictSchema } from './receipt.ts';

/**
 * Wire messages of the sync protocol. A test hashes these schemas; when it breaks, raise `PROTOCOL_VERSION`.
 * `docs/PROTOCOL.md` explains them.
 */

/** Version of everything in this file; sent by devices as `x-protocol-version`. */
export const PROTOCOL_VERSION = 1;
/** Oldest protocol the server still answers pulls of (SY13). */
export const PROTOCOL_OLDEST = 1;

/** Most mutations in one push (SY5). */
export const PUSH_MUTATIONS_MAX = 200;
/** Most bytes in one push body (SY5). */
export const PUSH_BYTES_MAX = 256 * 1024;
/** Most records in one pull page. */
export const PULL_PAGE_MAX = 2_000;
/** Beyond so many records behind, a device takes a snapshot instead of pulling (SY15). */
export const PULL_BEHIND_MAX = 5_000;
/** Most own receipts in one pull answer. */
export const PULL_RECEIPTS_MAX = 200;

const seqSchema = z.int().min(0);
const epochSchema = z.int().min(1);

/**
 * `POST /api/sync/push`. A mutation is only required to carry a readable `n` here: whatever else is wrong with one quarantines that one and
 * nothing else (SY9). `lastHash` is the chain hash of the last mutation: it vouches for all up to it.
 */
export const pushRequestSchema = z.strictObject({
  mutations: z
    .array(z.looseObject({ n: z.int().min(1) }))
    .min(1)
    .max(PUSH_MUTATIONS_MAX),
  lastHash: z.string().length(64),
});
export type PushRequest = z.infer<typeof pushRequestSchema>;

export const pushResponseSchema = z.strictObject({
  epoch: epochSchema,
  seq: seqSchema,
  serverTime: z.int(),
  /** One for each mutation sent, in order, old receipts for those known before (SY7). */
  receipts: z.array(receiptSchema),
});
export type PushResponse = z.infer<typeof pushResponseSchema>;

/** `POST /api/sync/pull`. */
export const pullRequestSchema = z.strictObject({
  epoch: epochSchema,
  since: seqSchema,
  limit: z.int().min(1).max(PULL_PAGE_MAX),
  /** The device's own receipts up to this n are known to it. */
  receiptsAfter: z.int().min(0),
});
export type PullRequest = z.infer<typeof pullRequestSchema>;

/** A record as it travels. */
export const wireRecordSchema = z.strictObject({
  kind: z.enum(RECORD_KINDS),
  id: z.string(),
  seq: seqSchema,
  body: z.looseObject({ id: z.string() }),
});
export type WireRecord = z.infer<typeof wireRecordSchema>;

export const pullResponseSchema = z.strictObject({
  epoch: epochSchema,
  serverTime: z.int(),
  /** In seq order; a page never splits one seq (SY14). */
  records: z.array(wireRecordSchema),
  /** Pull on from here. */
  next: seqSchema,
  more: z.boolean(),
  /** The last `n` of this device inside the state at `next` when `more` is false (SY20). */
  ackedN: z.int().min(0),
  receipts: z.array(receiptSchema),
  /** The head of the audit chain at `next`. */
  head: z.strictObject({ size: z.int().min(0), hash: z.string().length(64) }),
});
export type PullResponse = z.infer<typeof pullResponseSchema>;

/**
 * `GET /api/sync/snapshot`: newline-delimited JSON. First a header, then for each kind `{"kind", "fields", "count"}` followed by one positional
 * array `[seq, ...values]` a record, last `{"end": true, "records"}`.
 */
export const snapshotHeaderSchema = z.strictObject({
  protocol: z.int(),
  epoch: epochSchema,
  seq: seqSchema,
  ackedN: z.int().min(0),
  serverTime: z.int(),
  records: z.int().min(0),
});
export const snapshotKindSchema = z.strictObject({
  kind: z.enum(RECORD_KINDS),
  fields: z.array(z.string()),
  count: z.int().min(0),
});
export const snapshotEndSchema = z.strictObject({ end: z.literal(true), records: z.int().min(0) });

/** Socket event `poke`: only says how far the tenant is (SY16). */
export const pokeSchema = z.strictObject({ epoch: epochSchema, seq: seqSchema });
export type Poke = z.infer<typeof pokeSchema>;

/** `POST /api/devices`: enrols this browser or program as a device of the signed-in tenant. */
export const enrolRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(60),
  set: z.enum(DEVICE_SETS).default('office'),
  /** This browser was a tablet before, whose store is gone: by its token, and the last number it remembers to have given, null for none (SY25). */
  replaces: z.strictObject({ deviceToken: z.string().min(1).max(100), madeN: z.int().min(0).nullable() }).optional(),
});
export const enrolResponseSchema = z.strictObject({
  deviceId: deviceIdSchema,
  /** Sent back as `x-device-token` with every sync request; shown only here. */
  deviceToken: z.string(),
  number: z.int().min(1),
  name: z.string(),
  set: z.enum(DEVICE_SETS),
});
export type EnrolResponse = z.infer<typeof enrolResponseSchema>;

/** `POST /api/auth/sign-in`. */
export const signInRequestSchema = z.strictObject({
  email: z.email().max(254),
  password: z.string().min(1).max(200),
  tenantId: tenantIdSchema.optional(),
});
export const tenantSummarySchema = z.strictObject({ id: tenantIdSchema, name: z.string(), role: roleSchema });
export const signInResponseSchema = z.strictObject({
  accessToken: z.string(),
  expiresAt: z.int(),
  user: z.strictObject({ id: z.string(), name: z.string(), email: z.string() }),
  tenant: tenantSummarySchema.pick({ id: true, name: true }),
  role: roleSchema,
  tenants: z.array(tenantSummarySchema),
  /** Kept by the tablet, so that a rescue file can be made without a network (SY24). */
  rescueKey: rescueKeySchema,
});
export type SignInResponse = z.infer<typeof signInResponseSchema>;

/** One row of the audit timeline (`GET /api/audit-log`). */
export const auditEntrySchema = z.strictObject({
  index: z.int().min(0),
  leaf: z.string(),
  hash: z.string().length(64),
  mutation: z.string().nullable(),
  verdict: verdictSchema.nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
