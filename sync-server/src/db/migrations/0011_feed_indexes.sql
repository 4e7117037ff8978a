-- The feed's indexes become partial, so that only a question of the feed (`seq > 0`) can be answered by them. They begin with the tenant like every key, and
-- while a table has no statistics the planner takes them for as good as the primary key to find a record by its id: each id then walks the tenant's rows,
-- and a connection keeps that plan. No record has a seq below 1, so they hold the same rows as before.
do $$
declare
  feed record;
begin
  for feed in
    select tablename, indexname from pg_indexes where schemaname = 'public' and indexname like '%\_tenant\_id\_seq\_idx'
  loop
    execute format('drop index %I', feed.indexname);
    execute format('create index %I on %I (tenant_id, seq) where seq > 0', feed.tablename || '_feed', feed.tablename);
  end loop;
end $$;
