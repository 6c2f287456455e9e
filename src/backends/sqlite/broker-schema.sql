-- Schema 1 of a broker's file. A change here needs a new number in broker-engine/broker-engine.ts.

-- broker_id, epoch, keyspace_id, clean, clock.
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

-- Names and queues, so that rows and indexes hold small numbers.
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE message (
  seq INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL UNIQUE,
  generation INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  name INTEGER NOT NULL,
  -- The negated priority.
  rank INTEGER NOT NULL,
  order_at INTEGER NOT NULL,
  -- When it is due, or its hold ends; ms since the epoch.
  due_at INTEGER NOT NULL,
  -- 1 once a take has seen that it is due.
  ready INTEGER NOT NULL,
  -- The last hold; the current one until another take. Empty: none.
  hold TEXT NOT NULL
) STRICT;

CREATE INDEX ready ON message (queue, name, rank, order_at, task_id) WHERE ready = 1;
CREATE INDEX delayed ON message (queue, name, due_at) WHERE ready = 0;
CREATE INDEX held ON message (hold) WHERE hold <> '';
