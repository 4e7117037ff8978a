-- What the tenant's records add up to, bucket by bucket (SY18); each sum is an unsigned 64-bit number in two halves.
create table tenant_digests (
  tenant_id text not null,
  bucket text not null,
  hi bigint not null,
  lo bigint not null,
  primary key (tenant_id, bucket)
) with (fillfactor = 50);

alter table tenant_digests enable row level security;
alter table tenant_digests force row level security;
create policy tenant on tenant_digests
  using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''));
revoke all on tenant_digests from public;
grant select, insert, update, delete on tenant_digests to pharmasaas_app;

-- The seq that the digest is of. Where it is not the head's (records older than this release, or written by one without digests), the next transaction
-- counts the records: the hash is made in JavaScript.
alter table tenant_heads add column digest_seq bigint not null default -1;
