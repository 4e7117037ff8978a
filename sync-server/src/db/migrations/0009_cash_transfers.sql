-- Cash on its way from one till to another (C3, C4).
create table cash_transfers (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  status text not null,
  method_id text not null,
  from_till_id text,
  to_till_id text,
  out_minor bigint,
  out_at bigint,
  out_by text,
  in_minor bigint,
  in_at bigint,
  in_by text,
  primary key (tenant_id, id)
) with (fillfactor = 50);
create index on cash_transfers (tenant_id, seq);

alter table cash_transfers enable row level security;
alter table cash_transfers force row level security;
create policy tenant on cash_transfers
  using (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''));
revoke all on cash_transfers from public;
grant select, insert, update on cash_transfers to pharmasaas_app;
