-- People, sign-in sessions and who may be a member where. These tables belong to no tenant, so row level security cannot guard them: the
-- application role has no right on them at all and reaches them only through the functions below, each of which needs a key to be known.
-- What somebody may do in a tenant is not here: that is the tenant's `members` record.

create table users (
  id text primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text not null,
  -- A password somebody else chose must be changed.
  must_change_password boolean not null default false,
  created_at bigint not null
);

create table memberships (
  user_id text not null references users (id),
  tenant_id text not null,
  created_at bigint not null,
  primary key (user_id, tenant_id)
);

create table user_sessions (
  -- SHA-256 of the token; the token itself is in nobody's store.
  token_hash text primary key,
  user_id text not null references users (id),
  tenant_id text not null,
  created_at bigint not null,
  expires_at bigint not null
);
create index on user_sessions (expires_at);

revoke all on users, memberships, user_sessions from public;

create function identity_user_by_email(wanted text)
returns table (id text, email text, name text, password_hash text, must_change_password boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select u.id, u.email, u.name, u.password_hash, u.must_change_password from users u where u.email = lower(wanted)
$$;

-- False when the e-mail is taken.
create function identity_create_user(new_id text, new_email text, new_name text, new_hash text, new_must_change boolean, at_ms bigint)
returns boolean language sql volatile security definer set search_path = public, pg_temp as $$
  with made as (
    insert into users (id, email, name, password_hash, must_change_password, created_at)
    values (new_id, lower(new_email), new_name, new_hash, new_must_change, at_ms)
    on conflict (email) do nothing returning 1
  )
  select exists (select 1 from made)
$$;

create function identity_set_password(of_user text, new_hash text, keep_token_hash text)
returns void language sql volatile security definer set search_path = public, pg_temp as $$
  update users set password_hash = new_hash, must_change_password = false where id = of_user;
  -- Whoever knew the old password is signed out everywhere else.
  delete from user_sessions where user_id = of_user and token_hash <> keep_token_hash;
$$;

create function identity_add_membership(of_user text, of_tenant text, at_ms bigint)
returns void language sql volatile security definer set search_path = public, pg_temp as $$
  insert into memberships (user_id, tenant_id, created_at) values (of_user, of_tenant, at_ms) on conflict do nothing
$$;

create function identity_tenants_of(of_user text) returns setof text
language sql stable security definer set search_path = public, pg_temp as $$
  select m.tenant_id from memberships m where m.user_id = of_user order by m.created_at, m.tenant_id limit 100
$$;

create function identity_start_session(new_token_hash text, of_user text, of_tenant text, at_ms bigint, until_ms bigint)
returns void language sql volatile security definer set search_path = public, pg_temp as $$
  delete from user_sessions where expires_at <= at_ms;
  insert into user_sessions (token_hash, user_id, tenant_id, created_at, expires_at)
  values (new_token_hash, of_user, of_tenant, at_ms, until_ms);
$$;

create function identity_session(of_token_hash text, at_ms bigint)
returns table (user_id text, tenant_id text, expires_at bigint, email text, name text, must_change_password boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.user_id, s.tenant_id, s.expires_at, u.email, u.name, u.must_change_password
    from user_sessions s join users u on u.id = s.user_id
   where s.token_hash = of_token_hash and s.expires_at > at_ms
$$;

create function identity_extend_session(of_token_hash text, until_ms bigint)
returns void language sql volatile security definer set search_path = public, pg_temp as $$
  update user_sessions set expires_at = greatest(expires_at, until_ms) where token_hash = of_token_hash
$$;

create function identity_switch_session(of_token_hash text, to_tenant text)
returns void language sql volatile security definer set search_path = public, pg_temp as $$
  update user_sessions set tenant_id = to_tenant where token_hash = of_token_hash
$$;

create function identity_end_session(of_token_hash text)
returns void language sql volatile security definer set search_path = public, pg_temp as $$
  delete from user_sessions where token_hash = of_token_hash
$$;

do $$
declare
  identity_function regprocedure;
begin
  for identity_function in
    select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname like 'identity\_%'
  loop
    execute format('revoke all on function %s from public', identity_function);
    execute format('grant execute on function %s to pharmasaas_app', identity_function);
  end loop;
end $$;
