-- The hash that a provisional close prints beside its number, and that the numbered Z repeats (C12).
alter table cash_sessions add column close_hash text;
-- The records read otherwise now: count their digest again.
alter table tenant_heads drop column digest_seq;
alter table tenant_heads add column digest_seq bigint not null default -1;
