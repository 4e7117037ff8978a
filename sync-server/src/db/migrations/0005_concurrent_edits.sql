-- Who set a field, when and by which act (SY23, cases 15, 17), and the difference that the approver of a counted line saw (case 14).
alter table items add column edits jsonb not null default '[]';
alter table lots add column edits jsonb not null default '[]';
alter table shops add column edits jsonb not null default '[]';
alter table stock_count_lines add column approved_units bigint;
-- The records read otherwise now: count their digest again.
alter table tenant_heads drop column digest_seq;
alter table tenant_heads add column digest_seq bigint not null default -1;
