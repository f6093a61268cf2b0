-- Who may write what, and which ranges of the log are written: leases, topics, ranges, heads.
-- The rules stand here as triggers, so that a stale owner is refused by the database and not by politeness.

create schema if not exists tidemark;

create table tidemark.lease (
  lease      text primary key,        -- 'ingest:<topic id>:<partition>' or '<catalog>.<namespace>.<table>'
  epoch      bigint not null,         -- rises by one with every acquisition and every fence
  holder     text,                    -- null: nobody
  expires_at timestamptz
);

create table tidemark.member (        -- live instances of a service; only used to share partitions fairly
  service    text not null,
  holder     text not null,
  expires_at timestamptz not null,
  primary key (service, holder)
);

create table tidemark.topic (
  topic_id      text primary key,
  name          text not null,
  partitions    int not null,
  current       boolean not null default true,
  registered_at timestamptz not null default clock_timestamp()
);
create unique index topic_current_name on tidemark.topic (name) where current;

create table tidemark.head (
  layer       text not null,          -- 'bronze' or the lease of a lake table
  topic_id    text not null,
  partition   int not null,
  offset_start bigint not null,       -- where this layer began
  offset_next bigint not null,        -- first offset that is not closed in this layer
  primary key (layer, topic_id, partition)
);

create table tidemark.range (
  topic_id      text not null,
  partition     int not null,
  offset_first  bigint not null,
  offset_last   bigint not null,
  state         text not null check (state in ('intent', 'done')),
  epoch         bigint not null,
  owner         text not null,
  rows          bigint not null,      -- records the broker returned under read_committed
  offset_sum    numeric(40) not null, -- sum of (offset - offset_first) over them: tells which offsets, holes known
  bronze_rows   bigint,
  bronze_digest numeric(20),
  dead_rows     bigint,
  dead_digest   numeric(20),
  intent_at     timestamptz not null default clock_timestamp(),
  done_at       timestamptz,
  primary key (topic_id, partition, offset_first),
  check (offset_first <= offset_last),
  check (rows between 0 and offset_last - offset_first + 1),
  check (state = 'intent' or (bronze_rows + dead_rows = rows and bronze_digest is not null
         and dead_digest is not null and done_at is not null))
);
create unique index range_one_intent on tidemark.range (topic_id, partition) where state = 'intent';

-- Refuses any epoch but the lease's own. FOR SHARE: a fence waits for us, and we wait for a fence.
create function tidemark.require_epoch(wanted_lease text, wanted_epoch bigint) returns void
language plpgsql as $$
declare current_epoch bigint;
begin
  select epoch into current_epoch from tidemark.lease where lease = wanted_lease for share;
  if current_epoch is distinct from wanted_epoch then
    raise exception 'tidemark: fenced, epoch % is not the lease epoch % of %',
      wanted_epoch, coalesce(current_epoch::text, '(none)'), wanted_lease using errcode = 'TM001';
  end if;
end $$;

create function tidemark.before_range() returns trigger language plpgsql as $$
declare next_offset bigint;
begin
  if TG_OP = 'DELETE' then
    raise exception 'tidemark: a range is never deleted' using errcode = 'TM005';
  end if;
  if TG_OP = 'UPDATE' and (OLD.state <> 'intent' or
     (NEW.topic_id, NEW.partition, NEW.offset_first, NEW.offset_last, NEW.rows, NEW.offset_sum)
     is distinct from (OLD.topic_id, OLD.partition, OLD.offset_first, OLD.offset_last, OLD.rows, OLD.offset_sum)) then
    raise exception 'tidemark: a frozen range is never changed' using errcode = 'TM005';
  end if;
  perform tidemark.require_epoch('ingest:' || NEW.topic_id || ':' || NEW.partition, NEW.epoch);
  select offset_next into next_offset from tidemark.head
    where layer = 'bronze' and topic_id = NEW.topic_id and partition = NEW.partition for update;
  if next_offset is distinct from NEW.offset_first then
    raise exception 'tidemark: head of %/% is %, not %', NEW.topic_id, NEW.partition,
      coalesce(next_offset::text, '(none)'), NEW.offset_first using errcode = 'TM003';
  end if;
  if TG_OP = 'INSERT' and NEW.state <> 'intent' then
    raise exception 'tidemark: a range begins as an intent' using errcode = 'TM002';
  end if;
  if TG_OP = 'UPDATE' and NEW.state = 'done' then
    update tidemark.head set offset_next = NEW.offset_last + 1
      where layer = 'bronze' and topic_id = NEW.topic_id and partition = NEW.partition;
  end if;
  return NEW;
end $$;
create trigger tidemark_before_range before insert or update or delete on tidemark.range
  for each row execute function tidemark.before_range();

create function tidemark.before_head() returns trigger language plpgsql as $$
begin
  if TG_OP = 'DELETE' or NEW.offset_next < OLD.offset_next
     or (NEW.layer, NEW.topic_id, NEW.partition, NEW.offset_start)
        is distinct from (OLD.layer, OLD.topic_id, OLD.partition, OLD.offset_start) then
    raise exception 'tidemark: a head only moves forward' using errcode = 'TM008';
  end if;
  return NEW;
end $$;
create trigger tidemark_before_head before update or delete on tidemark.head
  for each row execute function tidemark.before_head();

-- Closes the open range and opens the next one, either or both, in one statement and so in one transaction.
create function tidemark.advance(
  p_topic_id text, p_partition int, p_epoch bigint, p_owner text,
  p_close_first bigint, p_bronze_rows bigint, p_bronze_digest numeric, p_dead_rows bigint, p_dead_digest numeric,
  p_open_first bigint, p_open_last bigint, p_rows bigint, p_offset_sum numeric
) returns void language plpgsql as $$
begin
  if p_close_first is not null then
    update tidemark.range set state = 'done', epoch = p_epoch, owner = p_owner, done_at = clock_timestamp(),
      bronze_rows = p_bronze_rows, bronze_digest = p_bronze_digest, dead_rows = p_dead_rows, dead_digest = p_dead_digest
      where topic_id = p_topic_id and partition = p_partition and offset_first = p_close_first and state = 'intent';
    if not found then
      raise exception 'tidemark: no open range %/%:%', p_topic_id, p_partition, p_close_first using errcode = 'TM002';
    end if;
  end if;
  if p_open_first is not null then
    insert into tidemark.range (topic_id, partition, offset_first, offset_last, state, epoch, owner, rows, offset_sum)
      values (p_topic_id, p_partition, p_open_first, p_open_last, 'intent', p_epoch, p_owner, p_rows, p_offset_sum);
  end if;
end $$;
