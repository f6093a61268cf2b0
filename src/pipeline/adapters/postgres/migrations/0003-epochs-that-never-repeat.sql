-- Five gaps in the rules of 0001 and 0002, none of which needs a slip of the pipeline's own code to open.

-- 1. An epoch also carries the time. When the database goes back to an older backup, the counter goes back with it, and a plain
--    "one more" would hand out the numbers of the lost line of time again: a zombie of that line would hold the epoch of a new owner,
--    and the hot store's fence, which did not go back, would refuse the new owner in favour of the zombie. Microseconds since 1970 do
--    not come back, as long as the clock of the restored database is not behind the last acquisition that was lost. Digits only: a
--    Spark session still carries its epoch in its application name. Whatever a statement asks for, the database decides.
create function tidemark.before_lease() returns trigger language plpgsql as $$
declare now_us bigint := floor(extract(epoch from clock_timestamp()) * 1000000);
begin
  if TG_OP = 'DELETE' then
    raise exception 'tidemark: a lease is never deleted, its table would be open to everybody' using errcode = 'TM005';
  end if;
  if TG_OP = 'INSERT' then NEW.epoch := greatest(1, now_us);
  elsif NEW.epoch <> OLD.epoch then NEW.epoch := greatest(OLD.epoch + 1, now_us);
  end if;
  return NEW;
end $$;
create trigger tidemark_before_lease before insert or delete or update of epoch on tidemark.lease
  for each row execute function tidemark.before_lease();

-- 2. Every change of a batch names the epoch of the lease: until now, a stale owner could open its own batch again on another base.
-- 3. A batch is given up in a newer epoch than the one in which it may swing. In the same epoch its swing could still be on its way,
--    and a stock writer's swing carries nothing but the epoch: it would commit the next batch that is opened in this epoch, with none
--    of its rows.
create or replace function tidemark.before_batch() returns trigger language plpgsql as $$
begin
  if TG_OP = 'DELETE' or (TG_OP = 'UPDATE' and (OLD.state <> 'open' or NEW.batch <> OLD.batch or NEW.lease <> OLD.lease)) then
    raise exception 'tidemark: a decided batch is never changed' using errcode = 'TM005';
  end if;
  perform tidemark.require_epoch(NEW.lease, NEW.epoch);
  if TG_OP = 'UPDATE' and NEW.state = 'void' and NEW.epoch <= OLD.epoch then
    raise exception 'tidemark: batch % may still swing in epoch %, fence first', OLD.batch, OLD.epoch using errcode = 'TM007';
  end if;
  return NEW;
end $$;

-- A batch's ranges are frozen with it: they are written in the transaction that opens the batch, and never again.
create function tidemark.before_batch_range() returns trigger language plpgsql as $$
begin
  if TG_OP = 'INSERT' and exists (select 1 from tidemark.batch b where b.lease = NEW.lease and b.batch = NEW.batch
                                    and b.state = 'open' and b.xmin = pg_current_xact_id()::xid) then
    return NEW;
  end if;
  raise exception 'tidemark: the ranges of a batch are frozen' using errcode = 'TM005';
end $$;
create trigger tidemark_before_batch_range before insert or update or delete on tidemark.batch_range
  for each row execute function tidemark.before_batch_range();

-- 4. A swing that names its batch (our own do, in tidemark.batch) commits this one and no other.
-- 5. A session that names an epoch needs a lease of that epoch. Until now a table without a lease was open to everybody, and so it was open
--    to a zombie whose lease had gone with the restore of an older backup. A stock writer without epoch still owns a table that nobody leased.
create or replace function tidemark.before_swing() returns trigger language plpgsql as $$
declare
  guarded tidemark.lease;
  intent  tidemark.batch;
  name    text := OLD.catalog_name || '.' || OLD.table_namespace || '.' || OLD.table_name;
  given   text := coalesce(nullif(current_setting('tidemark.epoch', true), ''),
                           substring(current_setting('application_name') from '^tidemark:(\d+)$'));
  named   text := nullif(current_setting('tidemark.batch', true), '');
  moved   bigint;
  frozen  bigint;
begin
  select * into guarded from tidemark.lease where lease = name for share;
  if not found then
    if given is null then return NEW; end if;
    raise exception 'tidemark: fenced, epoch % is of no lease of %, there is none', given, name using errcode = 'TM001';
  end if;
  if given is null or given <> guarded.epoch::text then
    raise exception 'tidemark: fenced, epoch % is not the lease epoch % of %',
      coalesce(given, '(none)'), guarded.epoch, name using errcode = 'TM001';
  end if;
  select * into intent from tidemark.batch where lease = name and state = 'open' and epoch = guarded.epoch for update;
  if not found then
    raise exception 'tidemark: no open intent for % in epoch %', name, given using errcode = 'TM002';
  end if;
  if named <> intent.batch then
    raise exception 'tidemark: the open batch of % is %, not %', name, intent.batch, named using errcode = 'TM002';
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
