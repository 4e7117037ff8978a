-- The authoritative store: one head a tenant, its devices, its append-only log, one typed table a kind of record.
-- Keys start with tenant_id, so the schema shards by tenant as it is. No foreign keys on ledgers: decide checks.

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = '42501';
end $$;

-- The head's row lock orders a tenant's commits; it holds the feed counter and the end of the audit chain.
create table tenant_heads (
  tenant_id text primary key,
  epoch bigint not null,
  seq bigint not null,
  log_size bigint not null,
  chain_hash text not null
) with (fillfactor = 50);

-- What the server knows of a device's chain. Channels of the server itself (api, import, worker) are devices too.
create table device_states (
  tenant_id text not null,
  id text not null,
  channel text not null check (channel in ('tablet', 'api', 'import', 'worker')),
  number bigint not null,
  record_set text not null,
  status text not null check (status in ('active', 'revoked', 'quarantined', 'lost')),
  token_hash text,
  last_n bigint not null,
  last_hash text not null,
  last_occurred_at bigint not null,
  last_contact_at bigint,
  primary key (tenant_id, id)
) with (fillfactor = 50);

-- Queue, receipts and audit chain in one row: a mutation as received, the verdict on it, its sealed leaf.
create table log (
  tenant_id text not null,
  index bigint not null,
  -- Null for acts outside the queue (sign-in, export …).
  device_id text,
  n bigint,
  mutation text,
  mutation_hash bytea,
  receipt text,
  leaf text not null,
  hash bytea not null,
  -- Alone makes a fork fail, even for code that forgot the lock.
  primary key (tenant_id, index)
);
create unique index log_device_n on log (tenant_id, device_id, n) where device_id is not null;

-- The other version of a mutation whose number was already taken by a different one.
create table forked_mutations (
  tenant_id text not null,
  device_id text not null,
  n bigint not null,
  received_at bigint not null,
  mutation text not null,
  hash text not null,
  primary key (tenant_id, device_id, n, hash)
);

-- Answers to repeated HTTP writes.
create table idempotency_keys (
  tenant_id text not null,
  key text not null,
  request_hash text not null,
  receipt text not null,
  created_at bigint not null,
  primary key (tenant_id, key)
);
create index on idempotency_keys (tenant_id, created_at);

create table shops (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  name text not null,
  country text not null,
  currency text not null,
  time_zone text not null,
  cut_off_minutes bigint not null,
  cash_rounding jsonb not null,
  payment_methods jsonb not null,
  vat_rates jsonb not null,
  default_vat_rate_bp bigint not null,
  variance_limits jsonb not null,
  self_approval boolean not null,
  shared_tills boolean not null,
  created_on date not null,
  primary key (tenant_id, id)
);
create index on shops (tenant_id, seq);

create table members (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  name text not null,
  roles jsonb not null,
  primary key (tenant_id, id)
);
create index on members (tenant_id, seq);

create table devices (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  name text not null,
  number bigint not null,
  channel text not null,
  set text not null,
  status text not null,
  enrolled_at bigint not null,
  enrolled_by text not null,
  primary key (tenant_id, id)
);
create index on devices (tenant_id, seq);

create table tills (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  name text not null,
  open_session_id text,
  last_session_id text,
  last_z_number bigint not null,
  last_z_hash text,
  last_closed_on date,
  grand_sales_minor bigint not null,
  grand_refunds_minor bigint not null,
  grand_documents bigint not null,
  late_waiting jsonb not null,
  primary key (tenant_id, id)
) with (fillfactor = 50);
create index on tills (tenant_id, seq);

create table cash_sessions (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  till_id text not null,
  status text not null,
  currency text not null,
  business_on date not null,
  offset_minutes bigint not null,
  opened_at bigint not null,
  opened_by text not null,
  device_id text not null,
  float_minor bigint not null,
  float_denominations jsonb,
  unowned boolean not null,
  closed_at bigint,
  closed_by text,
  provisional_no text,
  z_report_id text,
  attempts bigint not null,
  primary key (tenant_id, id)
) with (fillfactor = 50);
create index on cash_sessions (tenant_id, seq);

create table cash_totals (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  till_id text not null,
  methods jsonb not null,
  vat jsonb not null,
  movements jsonb not null,
  sales_count bigint not null,
  sales_minor bigint not null,
  refunds_count bigint not null,
  refunds_minor bigint not null,
  rounding_minor bigint not null,
  first_document text,
  last_document text,
  revealed boolean not null,
  authors jsonb not null,
  primary key (tenant_id, id)
) with (fillfactor = 50);
create index on cash_totals (tenant_id, seq);

create table items (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  name text not null,
  form text not null,
  route text not null,
  substances text not null,
  strength text not null,
  pack_label text not null,
  units_per_pack bigint not null,
  atc text not null,
  schedule text not null,
  cold_chain boolean not null,
  identifiers jsonb not null,
  pack_price_minor bigint,
  pack_cost_minor bigint,
  vat_rate_bp bigint,
  holder text not null,
  status text not null,
  created_at bigint not null,
  price_set_at bigint,
  primary key (tenant_id, id)
);
create index on items (tenant_id, seq);

create table lots (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  item_id text not null,
  lot_text text not null,
  expiry_on date,
  status text not null,
  on_hand_units bigint not null,
  first_received_at bigint not null,
  last_count jsonb,
  primary key (tenant_id, id)
) with (fillfactor = 50);
create index on lots (tenant_id, seq);

create table claims (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  holder_id text,
  primary key (tenant_id, id)
);
create index on claims (tenant_id, seq);

create table exceptions (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  type text not null,
  codes jsonb not null,
  device_id text not null,
  n bigint not null,
  mutation_name text not null,
  actor_id text,
  about_kind text,
  about_id text,
  details jsonb not null,
  amount_minor bigint,
  units bigint,
  status text not null,
  raised_at bigint not null,
  resolved_by text,
  resolved_at bigint,
  resolution text,
  primary key (tenant_id, id)
);
create index on exceptions (tenant_id, seq);

create table reconciliations (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  session_id text not null,
  till_id text not null,
  status text not null,
  attempt bigint not null,
  drawer_count_id text not null,
  last_attempt bigint not null,
  revision bigint not null,
  variances jsonb not null,
  steps jsonb not null,
  started_by text not null,
  started_at bigint not null,
  submitted_by text,
  submitted_at bigint,
  confirmed_by text,
  decided_by text,
  decided_at bigint,
  decision_note text,
  self_approved boolean not null,
  primary key (tenant_id, id)
);
create index on reconciliations (tenant_id, seq);

create table stock_counts (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  name text not null,
  mode text not null,
  status text not null,
  item_ids jsonb not null,
  started_at bigint not null,
  started_by text not null,
  primary key (tenant_id, id)
);
create index on stock_counts (tenant_id, seq);

create table stock_count_lines (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  count_id text not null,
  item_id text not null,
  lot_id text not null,
  counted_units bigint not null,
  book_units bigint not null,
  variance_units bigint not null,
  posted_units bigint not null,
  moved_units bigint not null,
  moved_count bigint not null,
  rebased_units bigint not null,
  counted_at bigint not null,
  uncertainty_ms bigint,
  device_id text not null,
  n bigint not null,
  counted_by text not null,
  status text not null,
  earlier_counts jsonb not null,
  posted_at bigint,
  approved_by text,
  approved_at bigint,
  primary key (tenant_id, id)
) with (fillfactor = 50);
create index on stock_count_lines (tenant_id, seq);

create table drawer_counts (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  session_id text not null,
  attempt bigint not null,
  counts jsonb not null,
  counted_by text not null,
  counted_at bigint not null,
  blind boolean not null,
  primary key (tenant_id, seq, k),
  unique (tenant_id, id)
);

create table z_reports (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  till_id text not null,
  session_id text not null,
  number bigint not null,
  business_on date not null,
  issued_at bigint not null,
  body jsonb not null,
  prev_hash text,
  hash text not null,
  primary key (tenant_id, seq, k),
  unique (tenant_id, id)
);

create table sales (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  session_id text not null,
  till_id text not null,
  ticket_no text not null,
  occurred_at bigint not null,
  business_on date not null,
  actor_id text not null,
  device_id text not null,
  n bigint not null,
  late boolean not null,
  lines jsonb not null,
  payments jsonb not null,
  vat jsonb not null,
  total_minor bigint not null,
  rounding_minor bigint not null,
  change_minor bigint not null,
  primary key (tenant_id, seq, k),
  unique (tenant_id, id)
);

create table cash_movements (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  session_id text not null,
  till_id text not null,
  type text not null,
  method_id text not null,
  amount_minor bigint not null,
  occurred_at bigint not null,
  late boolean not null,
  home_session_id text,
  actor_id text not null,
  device_id text not null,
  n bigint not null,
  note text not null,
  reference text,
  witness_id text,
  sale_id text,
  reversal_of text,
  primary key (tenant_id, seq, k),
  unique (tenant_id, id)
);

create table stock_movements (
  tenant_id text not null,
  seq bigint not null,
  k int not null,
  id text not null,
  lot_id text not null,
  item_id text not null,
  type text not null,
  units bigint not null,
  occurred_at bigint not null,
  uncertainty_ms bigint,
  device_id text not null,
  n bigint not null,
  actor_id text not null,
  ref_kind text,
  ref_id text,
  reason text,
  primary key (tenant_id, seq, k),
  unique (tenant_id, id)
);
create index on stock_movements (tenant_id, lot_id, occurred_at);

-- Every tenant table: row level security, forced, and no more rights than the one door needs.
do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array[
    'tenant_heads', 'device_states', 'log', 'forked_mutations', 'idempotency_keys',
    'shops', 'members', 'devices', 'tills', 'cash_sessions', 'cash_totals', 'items', 'lots', 'claims', 'exceptions', 'reconciliations', 'stock_counts', 'stock_count_lines', 'drawer_counts', 'z_reports', 'sales', 'cash_movements', 'stock_movements'
  ] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format(
      'create policy tenant on %I using (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')) with check (tenant_id = nullif(current_setting(''app.tenant_id'', true), ''''))',
      tenant_table);
    execute format('revoke all on %I from public', tenant_table);
    execute format('grant select, insert on %I to pharmasaas_app', tenant_table);
  end loop;

  -- Only these are ever changed.
  foreach tenant_table in array array[
    'tenant_heads', 'device_states',
    'shops', 'members', 'devices', 'tills', 'cash_sessions', 'cash_totals', 'items', 'lots', 'claims', 'exceptions', 'reconciliations', 'stock_counts', 'stock_count_lines'
  ] loop
    execute format('grant update on %I to pharmasaas_app', tenant_table);
  end loop;
  grant delete on idempotency_keys to pharmasaas_app;

  -- These are append-only for everybody, the owner included.
  foreach tenant_table in array array[
    'log', 'forked_mutations',
    'drawer_counts', 'z_reports', 'sales', 'cash_movements', 'stock_movements'
  ] loop
    execute format('create trigger append_only before update or delete or truncate on %I for each statement execute function refuse_change()', tenant_table);
  end loop;
end $$;
