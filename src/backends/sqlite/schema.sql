-- Schema 2 of a storage's file. A change here needs a new number in engine/storage-engine.ts.

-- keyspace_id, clock.
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

-- Names and queues, so that rows and indexes hold small numbers.
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

-- The record is head, middle and tail of core/record-codec. The other columns repeat what indexes need, and those from
-- rank on are NULL wherever their index has no entry for the task: a write then touches the indexes whose columns it
-- sets and no other, where conditions on one state column would be evaluated for each index and each write.
-- Times are ms since the epoch.
CREATE TABLE task (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  queue INTEGER NOT NULL,
  name INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  -- Ready: PENDING, or SCHEDULED or RETRYING once a hand-out has seen that they are due. The negated priority, so that the
  -- order of the hand-out is ascending throughout.
  rank INTEGER,
  order_at INTEGER,
  -- The due time of a ready task that came back with an older place than that: few, and all that `ready` can't tell the
  -- longest due from.
  returned_at INTEGER,
  -- Delayed: the due time, and the state (1 or 4).
  delayed_to INTEGER,
  delayed_as INTEGER,
  -- Waiting, with a deadline.
  deadline_at INTEGER,
  -- Leased: when the rescuer must look at it.
  lease_at INTEGER,
  -- Terminal.
  purge_at INTEGER,
  -- Terminal, and not SUCCEEDED: the state.
  unsuccessful INTEGER,
  -- Logs among the task's events.
  logs INTEGER NOT NULL DEFAULT 0,
  head BLOB NOT NULL,
  -- NULL: over 1 KiB, and in table large_tail, so that the pages of task stay dense.
  tail BLOB DEFAULT x''
) STRICT;

CREATE INDEX ready ON task (queue, name, rank, order_at, id, deadline_at) WHERE rank IS NOT NULL;
CREATE INDEX returned ON task (queue, returned_at) WHERE returned_at IS NOT NULL;
CREATE INDEX delayed ON task (queue, name, delayed_to, delayed_as) WHERE delayed_to IS NOT NULL;
CREATE INDEX deadline ON task (deadline_at) WHERE deadline_at IS NOT NULL;
CREATE INDEX leased ON task (lease_at) WHERE lease_at IS NOT NULL;
CREATE INDEX purgeable ON task (purge_at) WHERE purge_at IS NOT NULL;
CREATE INDEX created ON task (created_at, id);
CREATE INDEX unsuccessful ON task (unsuccessful, created_at, id) WHERE unsuccessful IS NOT NULL;

-- The part of a record that never changes, so that a change of state writes fewer pages.
CREATE TABLE body (task INTEGER PRIMARY KEY, middle BLOB NOT NULL) STRICT;

CREATE TABLE large_tail (task INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

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

-- Tasks by queue and state, where a task that is ready counts as PENDING.
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
