import { z } from 'zod';
import { refSchema } from '../fields.ts';
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
export const PROTOCOL_VERSION = 2;
/** Oldest protocol the server still answers pulls of (SY13). */
export const PROTOCOL_OLDEST = 2;

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

/** The end of the audit chain in some state: how many leaves there are, and the hash of the last. */
const chainHeadSchema = z.strictObject({ size: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });
const monthSchema = z.string().regex(/^\d{4}-\d{2}$/);
const sumSchema = z.string().regex(/^[0-9a-f]{16}$/);

/**
 * `POST /api/sync/push`. A mutation is only required to carry a readable `n` here: whatever else is wrong with one quarantines that one and
 * nothing else (SY9). `lastHash` is the chain hash of the last mutation: it vouches for all up to it. `earlier` are the receipts the device still has of
 * mutations that a server asks for again, which was set back (SY8); one that cannot be read counts as none.
 */
export const pushRequestSchema = z.strictObject({
  mutations: z
    .array(z.looseObject({ n: z.int().min(1) }))
    .min(1)
    .max(PUSH_MUTATIONS_MAX),
  lastHash: z.string().length(64),
  earlier: z.array(receiptSchema.nullable().catch(null)).max(PUSH_MUTATIONS_MAX).default([]),
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
  /** The audit chain's head at the device's last answer, by which a server that was set back finds out (SY19); null when it knows none. */
  head: chainHeadSchema.nullable(),
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
  /** The head of the audit chain of the state this was read from. */
  head: chainHeadSchema,
  /** What this device is to hold (SY14, SY17): the kinds of its set, long ledgers from a month on. */
  holds: z.strictObject({
    set: z.enum(DEVICE_SETS),
    ledgersFrom: monthSchema,
    /** `digestOf` all that, at `next`; null when `more` is true, or the server does not know it (SY18). */
    digest: sumSchema.nullable(),
  }),
});
export type PullResponse = z.infer<typeof pullResponseSchema>;

/**
 * `GET /api/sync/snapshot`: newline-delimited JSON (SY17). First a header, then for each kind `{"kind", "fields", "count"}` followed by one positional
 * array `[seq, ...values]` a record, last `{"end": true, "records"}`. After some records comes a mark `{"at"}`: whoever was cut off asks again with the
 * last one it kept and gets what follows, as it is then. What changed since the first header's seq is pulled afterwards.
 */
export const snapshotHeaderSchema = z.strictObject({
  protocol: z.int(),
  epoch: epochSchema,
  seq: seqSchema,
  ackedN: z.int().min(0),
  serverTime: z.int(),
  /** In the whole snapshot, as of now. */
  records: z.int().min(0),
  head: chainHeadSchema,
  set: z.enum(DEVICE_SETS),
  ledgersFrom: monthSchema,
});
export const snapshotKindSchema = z.strictObject({
  kind: z.enum(RECORD_KINDS),
  fields: z.array(z.string()),
  count: z.int().min(0),
});
export const snapshotMarkSchema = z.strictObject({ at: z.string().max(200) });
/** `records` counts those of this stream. */
export const snapshotEndSchema = z.strictObject({ end: z.literal(true), records: z.int().min(0) });

/** Query of the snapshot: nothing for a new one; to go on with one, what its first header and last mark said. */
export const snapshotQuerySchema = z.union([
  z.strictObject({}).transform(() => null),
  z.strictObject({
    epoch: z.coerce.number().pipe(epochSchema),
    size: z.coerce.number().pipe(z.int().min(0)),
    hash: chainHeadSchema.shape.hash,
    set: z.enum(DEVICE_SETS),
    ledgersFrom: monthSchema,
    after: snapshotMarkSchema.shape.at,
  }),
]);
export type SnapshotResume = NonNullable<z.infer<typeof snapshotQuerySchema>>;

/** Most devices, and most tills, one report names. */
export const SET_BACK_SEEN_MAX = 200;

/** `POST /api/sync/report`: what a device found out about the server's state or its own, for the audit log. */
export const syncReportSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('digest_mismatch'),
    epoch: epochSchema,
    seq: seqSchema,
    /** The device's sums, by bucket. */
    sums: z.record(z.string().max(40), sumSchema),
    /** The records came whole and were checked at once: the fault is not the device's. */
    afterSnapshot: z.boolean(),
  }),
  z.strictObject({
    /** The server was set back: what the device knows of the history that is gone (SY8). */
    kind: z.literal('set_back'),
    epoch: epochSchema,
    seq: seqSchema,
    head: chainHeadSchema,
    /** The highest act of each device, and of each channel of the server, whose records the device held. */
    seen: z.array(z.strictObject({ deviceId: deviceIdSchema, n: z.int().min(1) })).max(SET_BACK_SEEN_MAX),
    /** The last Z number of each till that had one: its series goes on above. */
    zNumbers: z
      .array(z.strictObject({ tillId: refSchema, zNumber: z.int().min(1) }))
      .max(SET_BACK_SEEN_MAX)
      .default([]),
  }),
]);
export type SyncReport = z.infer<typeof syncReportSchema>;

/** Socket event `poke`: only says how far the tenant is (SY16). */
export const pokeSchema = z.strictObject({ epoch: epochSchema, seq: seqSchema });
export type Poke = z.infer<typeof pokeSchema>;

/** `POST /api/devices`: enrols this browser or program as a device of the signed-in tenant. */
export const enrolRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(60),
  set: z.enum(DEVICE_SETS).default('office'),
  /** This browser was a tablet before, whose store is gone: by its token, and the last number it remembers to have given, null for none (SY25). */
  replaces: z.strictObject({ deviceToken: z.string().min(1).max(100), madeN: z.int().min(0).nullable() }).optional(),
  /** This browser is a tablet that the server has forgotten, since it was set back to before it was enrolled (SY8). Answered with the same id and token. */
  returns: z
    .strictObject({ deviceId: deviceIdSchema, deviceToken: z.string().min(1).max(100), number: z.int().min(1).max(9_999) })
    .optional(),
});
export const enrolResponseSchema = z.strictObject({
  deviceId: deviceIdSchema,
  /** Sent back as `x-device-token` with every sync request; shown only here. */
  deviceToken: z.string(),
  number: z.int().min(1),
  name: z.string(),
  set: z.enum(DEVICE_SETS),
  /** The tablet that was closed by this: up to where it was received; null when none was. */
  replaced: z.strictObject({ number: z.int().min(1), receivedN: z.int().min(0) }).nullable(),
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
  /** Somebody else chose this password: nothing but changing it is allowed until it is changed. */
  mustChangePassword: z.boolean(),
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
