-- Who may sign in, and to which pharmacies. These four tables belong to no tenant: a person may be a member of several. They hold no business data;
-- the application role reads and writes them only through the queries of db/identity.ts, by e-mail, user or token hash.

create table users (
  id text primary key,
  email text not null unique,
  name text not null,
  password_hash text not null,
  created_at bigint not null
);

create table tenants (
  id text primary key,
  name text not null,
  created_at bigint not null
);

-- Which pharmacies a person may open; what they may do there is the member record of the tenant.
create table memberships (
  user_id text not null references users,
  tenant_id text not null references tenants,
  primary key (user_id, tenant_id)
);

create table user_sessions (
  token_hash text primary key,
  user_id text not null references users,
  tenant_id text not null references tenants,
  expires_at bigint not null
);
create index on user_sessions (expires_at);

grant select, insert, update on users, tenants to pharmasaas_app;
grant select, insert, delete on memberships to pharmasaas_app;
grant select, insert, update, delete on user_sessions to pharmasaas_app;
