-- Every pharmacy there is, for what concerns all of them: after a restore each starts a new epoch.
create function identity_all_tenants() returns setof text
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct m.tenant_id from memberships m order by m.tenant_id
$$;
revoke all on function identity_all_tenants() from public;
grant execute on function identity_all_tenants() to pharmasaas_app;
