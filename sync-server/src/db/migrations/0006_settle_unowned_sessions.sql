-- A session opened beside a till's own is joined to it, or moved to a till of its own (case 3).
alter table cash_sessions add column joined_to text;
alter table cash_sessions add column moved_from text;
-- The records read otherwise now: count their digest again.
alter table tenant_heads drop column digest_seq;
alter table tenant_heads add column digest_seq bigint not null default -1;
