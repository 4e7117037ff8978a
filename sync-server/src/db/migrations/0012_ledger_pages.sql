-- Old lines of one session are read page by page, newest first (SY17); those of a lot have such an index already.
create index on sales (tenant_id, session_id, occurred_at);
create index on cash_movements (tenant_id, session_id, occurred_at);
