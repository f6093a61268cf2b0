-- The Iceberg JDBC catalog (schema version V1) and the ledger of batches, tied together by triggers on the catalog's own table:
-- every swing of a guarded table's pointer, ours or a stock writer's, marks its batch committed and moves the heads inside the
-- same transaction. See ARCHITECTURE.md, "One transaction for pointer and ledger".

create table if not exists iceberg_tables (
  catalog_name varchar(255) not null, table_namespace varchar(255) not null, table_name varchar(255) not null,
  metadata_location varchar(1000), previous_metadata_location varchar(1000), iceberg_type varchar(5),
  primary key (catalog_name, table_namespace, table_name)
);
create table if not exists iceberg_namespace_properties (
  catalog_name varchar(255) not null, namespace varchar(255) not null, property_key varchar(255) not null,
  property_value varchar(1000), primary key (catalog_name, namespace, property_key)
);

create table tidemark.batch (
  lease        text not null references tidemark.lease,
  batch        text not null,
  epoch        bigint not null,
  kind         text not null check (kind in ('append', 'overwrite', 'maintenance')),
  base         text not null,          -- the metadata location that the swing must start from
  state        text not null default 'open' check (state in ('open', 'committed', 'void')),
  new_location text,
  xid          xid8,
  opened_at    timestamptz not null default clock_timestamp(),
  at           timestamptz,
  primary key (lease, batch)
);
create unique index batch_one_open on tidemark.batch (lease) where state = 'open';

create table tidemark.batch_range (    -- frozen with the batch: a retry writes exactly these
  lease        text not null,
  batch        text not null,
  topic_id     text not null,
  partition    int not null,
  offset_first bigint not null,
  offset_last  bigint not null,
  rows         bigint not null,
  digest       numeric(20) not null,
  primary key (lease, batch, topic_id, partition),
  foreign key (lease, batch) references tidemark.batch
);

create table tidemark.commit_log (
  seq          bigserial primary key,
  lease        text, batch text, epoch text, old_location text, new_location text unique,
  xid          xid8, pid int, app text,
  at           timestamptz not null default clock_timestamp()
);

create function tidemark.before_swing() returns trigger language plpgsql as $$
declare
  guarded tidemark.lease;
  intent  tidemark.batch;
  name    text := OLD.catalog_name || '.' || OLD.table_namespace || '.' || OLD.table_name;
  given   text := coalesce(nullif(current_setting('tidemark.epoch', true), ''),
                           substring(current_setting('application_name') from '^tidemark:(\d+)$'));
  moved   bigint;
  frozen  bigint;
begin
  select * into guarded from tidemark.lease where lease = name for share;
  if not found then return NEW; end if;
  if given is null or given <> guarded.epoch::text then
    raise exception 'tidemark: fenced, epoch % is not the lease epoch % of %',
      coalesce(given, '(none)'), guarded.epoch, name using errcode = 'TM001';
  end if;
  select * into intent from tidemark.batch where lease = name and state = 'open' and epoch = guarded.epoch for update;
  if not found then
    raise exception 'tidemark: no open intent for % in epoch %', name, given using errcode = 'TM002';
  end if;
  if intent.base <> OLD.metadata_location then
    raise exception 'tidemark: base of % moved since batch %', name, intent.batch using errcode = 'TM003';
  end if;
  select count(*) into frozen from tidemark.batch_range where lease = name and batch = intent.batch;
  update tidemark.head h set offset_next = r.offset_last + 1 from tidemark.batch_range r
    where r.lease = name and r.batch = intent.batch and h.layer = name and h.topic_id = r.topic_id
      and h.partition = r.partition and h.offset_next = r.offset_first;
  get diagnostics moved = row_count;
  if moved <> frozen then
    raise exception 'tidemark: a head of % is not where batch % begins', name, intent.batch using errcode = 'TM006';
  end if;
  update tidemark.batch set state = 'committed', new_location = NEW.metadata_location,
    xid = pg_current_xact_id(), at = clock_timestamp() where lease = name and batch = intent.batch;
  insert into tidemark.commit_log (lease, batch, epoch, old_location, new_location, xid, pid, app)
    values (name, intent.batch, given, OLD.metadata_location, NEW.metadata_location,
            pg_current_xact_id(), pg_backend_pid(), current_setting('application_name'));
  return NEW;
end $$;
create trigger tidemark_before_swing before update on iceberg_tables
  for each row execute function tidemark.before_swing();

-- Fires for 0 rows too: a guarded session never gets "0 rows", so no writer mistakes its own repeated UPDATE for a lost race.
create function tidemark.after_swing() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from new_rows)
     and (nullif(current_setting('tidemark.epoch', true), '') is not null
          or current_setting('application_name') like 'tidemark:%') then
    raise exception 'tidemark: swing matched no row' using errcode = 'TM004';
  end if;
  return null;
end $$;
create trigger tidemark_after_swing after update on iceberg_tables referencing new table as new_rows
  for each statement execute function tidemark.after_swing();

-- DROP, CREATE and RENAME of a leased name are refused unless the session says that it means it.
create function tidemark.guard_key() returns trigger language plpgsql as $$
declare name text;
begin
  if TG_OP = 'INSERT' then
    name := NEW.catalog_name || '.' || NEW.table_namespace || '.' || NEW.table_name;
  else
    name := OLD.catalog_name || '.' || OLD.table_namespace || '.' || OLD.table_name;
  end if;
  if exists (select 1 from tidemark.lease where lease = name)
     and coalesce(current_setting('tidemark.ddl', true), '') <> 'on' then
    raise exception 'tidemark: % of leased table % is refused', TG_OP, name using errcode = 'TM005';
  end if;
  if TG_OP = 'DELETE' then return OLD; end if;
  return NEW;
end $$;
create trigger tidemark_key before delete or insert on iceberg_tables
  for each row execute function tidemark.guard_key();
create trigger tidemark_rename before update of catalog_name, table_namespace, table_name on iceberg_tables
  for each row execute function tidemark.guard_key();

create function tidemark.before_batch() returns trigger language plpgsql as $$
begin
  if TG_OP = 'DELETE' or (TG_OP = 'UPDATE' and (OLD.state <> 'open' or NEW.batch <> OLD.batch or NEW.lease <> OLD.lease)) then
    raise exception 'tidemark: a decided batch is never changed' using errcode = 'TM005';
  end if;
  if TG_OP = 'INSERT' or NEW.epoch <> OLD.epoch or NEW.state = 'void' then
    perform tidemark.require_epoch(NEW.lease, NEW.epoch);
  end if;
  return NEW;
end $$;
create trigger tidemark_before_batch before insert or update or delete on tidemark.batch
  for each row execute function tidemark.before_batch();
