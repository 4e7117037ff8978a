-- Z numbers that were given in a history the server has lost, and wait for their close (SY8).
alter table tills add column skipped_z_numbers jsonb not null default '[]';
-- The records read otherwise now: count their digest again.
alter table tenant_heads drop column digest_seq;
alter table tenant_heads add column digest_seq bigint not null default -1;
