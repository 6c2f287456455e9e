-- Schema 1 of a storage's file. A change here needs a new number in engine/storage-engine.ts.

-- keyspace_id, clock.
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

-- Names and queues, so that rows and indexes hold small numbers.
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

-- The record is head, middle and tail of core/record-codec; the other columns repeat what indexes need.
-- Times are ms since the epoch, 0 where unset.
CREATE TABLE task (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  -- As in the record, save that SCHEDULED and RETRYING become PENDING (2) once a hand-out has seen that they are due.
  state INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  name INTEGER NOT NULL,
  -- The negated priority, so that the order of the hand-out is ascending throughout.
  rank INTEGER NOT NULL,
  order_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attention_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  purge_at INTEGER NOT NULL,
  -- Logs among the task's events.
  logs INTEGER NOT NULL DEFAULT 0,
  head BLOB NOT NULL,
  -- NULL: over 1 KiB, and in table part.
  middle BLOB,
  tail BLOB
) STRICT;

-- Conditions spell out OR: an IN list costs each write 0.5 us per index, touched or not (measured).
CREATE INDEX ready ON task (queue, name, rank, order_at, id, attention_at) WHERE state = 2;
CREATE INDEX delayed ON task (queue, name, due_at, state) WHERE (state = 1 OR state = 4);
-- Ready tasks that came back with an older place than their due time: few, and all that `ready` can't tell the longest due from.
CREATE INDEX returned ON task (queue, due_at) WHERE state = 2 AND due_at <> order_at;
CREATE INDEX leased ON task (attention_at) WHERE (state = 3 OR state = 5);
CREATE INDEX deadline ON task (attention_at) WHERE (state = 1 OR state = 2 OR state = 4) AND attention_at > 0;
CREATE INDEX purgeable ON task (purge_at) WHERE state >= 16;
CREATE INDEX created ON task (created_at, id);
CREATE INDEX unsuccessful ON task (state, created_at, id) WHERE state > 16;

-- Parts of records that are over 1 KiB, so that the pages of task stay dense. kind: 0 middle, 1 tail.
CREATE TABLE part (task INTEGER NOT NULL, kind INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (task, kind)) STRICT;

CREATE TABLE tag (
  tag TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  id TEXT NOT NULL,
  task INTEGER NOT NULL,
  PRIMARY KEY (tag, created_at, id)
) STRICT, WITHOUT ROWID;

-- The last holder of each unique key; whether it still holds is read off its task.
CREATE TABLE holder (tag TEXT PRIMARY KEY, task INTEGER NOT NULL, until_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- kind: 0 output, 1 log.
CREATE TABLE event (
  task INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (task, kind, sequence)
) STRICT, WITHOUT ROWID;

-- Tasks by queue and task.state.
CREATE TABLE counter (
  queue INTEGER NOT NULL,
  state INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (queue, state)
) STRICT, WITHOUT ROWID;

-- seq keeps the order of those noted in one millisecond.
CREATE TABLE intent (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, task_ids TEXT NOT NULL) STRICT;
CREATE INDEX intent_age ON intent (at);

CREATE TABLE document (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_expiry ON document (expires_at) WHERE expires_at > 0;
