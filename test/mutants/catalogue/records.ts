/** Bugs in what the backends keep: compare-and-set, keys, order, due times, purges. */
import { by, type Mutant } from "../mutant.ts";

/** For tests that wait for the disk over and over, or kill processes one after the other. */
const SLOW_MS = 100_000;

const LUA = "src/backends/redis/lua";
const MEMORY = "backends/memory/memory-storage.test.ts";
const SQLITE = "backends/sqlite/sqlite-storage.test.ts";
const REDIS = "backends/redis/redis-storage.test.ts";
const REDIS_JOINT = "backends/redis/redis-joint.test.ts";

const CAS = "write a change of another revision";
const FREED = "the end of the holder frees the key";
const ORDER = "order by priority, then age";
const REPEAT = "a repeat answers with the same tasks";
const ALIVE = "remove a task that has not ended";
const PURGED = "purge tasks whose time has passed";

const LIFE = "write a change of an earlier life";

const LIFE_HARM =
  "a server that slept while a task was deleted and made anew writes its old state over the new one";
const CAS_HARM = "an outcome overwrites the cancel that came before it";
const KEY_HARM = "a key that was used once can never be used again";
const ORDER_HARM = "urgent tasks come last";
const REPEAT_HARM = "after a lost answer tasks are started that no worker hears of";
const PURGE_HARM = "a result is gone before anybody fetched it";

export const RECORDS: readonly Mutant[] = [
  {
    name: "written without a look at the revision",
    harm: CAS_HARM,
    file: "src/backends/memory/writes.ts",
    edits: [["entry.record.revision !== change.revision", "entry.removed"]],
    foundBy: [by(MEMORY, CAS)],
  },
  {
    name: "written without a look at the revision, on SQLite",
    harm: CAS_HARM,
    file: "src/backends/sqlite/engine/writes.ts",
    edits: [["if (isOther || row.revision !== revision)", "if (isOther)"]],
    foundBy: [by(SQLITE, CAS)],
  },
  {
    name: "written without a look at the revision, on Redis",
    harm: CAS_HARM,
    file: `${LUA}/write.lua`,
    edits: [
      [
        "    if is_repeat(record, made) then return { 0 } end\n    return { 1, record }\n",
        "    if is_repeat(record, made) then return { 0 } end\n",
      ],
    ],
    foundBy: [by(REDIS, CAS)],
  },
  {
    name: "written over another life of the id",
    harm: LIFE_HARM,
    file: "src/backends/memory/writes.ts",
    edits: [[" || entry.record.createdAt !== after.createdAt", ""]],
    foundBy: [by(MEMORY, LIFE)],
  },
  {
    name: "written over another life of the id, on SQLite",
    harm: LIFE_HARM,
    file: "src/backends/sqlite/engine/writes.ts",
    edits: [["if (isOther || row.revision !== revision)", "if (row.revision !== revision)"]],
    foundBy: [by(SQLITE, LIFE)],
  },
  {
    name: "written over another life of the id while it is leased, on SQLite",
    harm: LIFE_HARM,
    file: "src/backends/sqlite/engine/writes.ts",
    edits: [["      key.createdAt === head.readDoubleLE(HEAD.createdAt) &&\n", ""]],
    foundBy: [by(SQLITE, LIFE)],
  },
  {
    name: "written over another life of the id, on Redis",
    harm: LIFE_HARM,
    file: `${LUA}/write.lua`,
    edits: [
      ["    or sub(record, created_from, created_to) ~= sub(made, created_from, created_to)\n", ""],
    ],
    foundBy: [by(REDIS, LIFE)],
  },
  {
    name: "a taken id is overwritten, on Redis",
    harm: "an enqueue whose answer got lost starts a task that runs already over",
    file: `${LUA}/create.lua`,
    edits: [["MSETNX", "MSET"]],
    foundBy: [by(REDIS, "create (a taken id|concurrent creates)")],
  },
  {
    name: "a unique key outlives its task",
    harm: KEY_HARM,
    file: "src/core/record.ts",
    edits: [
      ["untilAt === 0 ? !isTerminal(state) : untilAt > now", "untilAt === 0 || untilAt > now"],
    ],
    foundBy: [by(MEMORY, FREED), by(SQLITE, FREED)],
  },
  {
    name: "a unique key outlives its task, on Redis",
    harm: KEY_HARM,
    file: `${LUA}/includes/unique-holder.lua`,
    edits: [["if until_at == 0 and state_of(record) >= STATE.SUCCEEDED then return nil end", ""]],
    foundBy: [by(REDIS, FREED)],
  },
  {
    name: "a unique key is not held",
    harm: "the same order is charged twice",
    file: "src/backends/memory/unique-keys.ts",
    edits: [["return held !== undefined && holdsKey", "return held?.id === '' && holdsKey"]],
    foundBy: [by(MEMORY, "a key is held by a task that waits")],
  },
  {
    name: "a unique key is not held, on SQLite",
    harm: "the same order is charged twice",
    file: "src/backends/sqlite/engine/unique-keys.ts",
    edits: [["return holdsKey(row.state, holder[1], now) ? row : undefined;", "return undefined;"]],
    foundBy: [by(SQLITE, "a key is held by a task that waits")],
  },
  {
    name: "a unique key is not held, on Redis",
    harm: "the same order is charged twice",
    file: `${LUA}/create.lua`,
    edits: [["if holder then", "if false then"]],
    foundBy: [by(REDIS, "a key is held by a task that waits")],
  },
  {
    name: "the order of priorities is reversed",
    harm: ORDER_HARM,
    file: "src/backends/memory/ready-index.ts",
    edits: [["a.priority > b.priority", "a.priority < b.priority"]],
    foundBy: [by(MEMORY, ORDER), by("backends/memory/memory-broker.test.ts", "by priority")],
  },
  {
    name: "the order of priorities is reversed, on SQLite",
    harm: ORDER_HARM,
    file: "src/backends/sqlite/engine/index-columns.ts",
    edits: [["0 - head.readInt32LE(HEAD.priority)", "head.readInt32LE(HEAD.priority)"]],
    foundBy: [by(SQLITE, ORDER)],
  },
  {
    name: "the order of priorities is reversed, on Redis",
    harm: ORDER_HARM,
    file: "src/backends/redis/lua-constants.ts",
    edits: [["return (MAX_PRIORITY - priority)", "return (MAX_PRIORITY + priority)"]],
    foundBy: [by(REDIS_JOINT, ORDER)],
  },
  {
    name: "the order of priorities is reversed, on a broker of Redis",
    harm: ORDER_HARM,
    file: `${LUA}/includes/ready-score.lua`,
    edits: [["CONST.maxPriority - priority", "CONST.maxPriority + priority"]],
    foundBy: [by("backends/redis/redis-broker.test.ts", "by priority")],
  },
  {
    name: "a delayed task is stored as one that is due",
    harm: "what was meant for tomorrow runs today",
    file: "src/pipeline/new-task.ts",
    edits: [["dueAt > now ? TaskState.SCHEDULED : TaskState.PENDING", "TaskState.PENDING"]],
    foundBy: [by("pipeline/enqueue.test.ts", "joint .*a delay keeps the task back")],
  },
  {
    name: "a delayed task is handed out early, in memory",
    harm: "what was meant for tomorrow runs today",
    file: "src/backends/memory/hand-outs.ts",
    edits: [
      ["this.#tasks.ready.first(offer, now)", "this.#tasks.ready.first(offer, now + 3_600_000)"],
      ["isStartable(task.entry.record, now)", "isStartable(task.entry.record, now + 3_600_000)"],
    ],
    foundBy: [by(MEMORY, "due times a task that lies ahead")],
  },
  {
    name: "a delayed task is handed out early, on SQLite",
    harm: "what was meant for tomorrow runs today",
    file: "src/backends/sqlite/engine/hand-outs.ts",
    edits: [
      [
        "handOut(params: HandOutParams, now: number)",
        "handOut(params: HandOutParams, at: number, now = at + 3_600_000)",
      ],
    ],
    foundBy: [by(SQLITE, "due times a task that lies ahead")],
  },
  {
    name: "a delayed task is handed out early, on Redis",
    harm: "what was meant for tomorrow runs today",
    file: `${LUA}/includes/move-due.lua`,
    edits: [['"-inf", now, "LIMIT"', '"-inf", "+inf", "LIMIT"']],
    foundBy: [by(REDIS_JOINT, "due times ")],
  },
  {
    name: "a task past its deadline is handed out",
    harm: "a task that its caller gave up on runs all the same",
    file: "src/core/transitions/attempt-starts.ts",
    edits: [["(deadlineAt === 0 || deadlineAt > now)", "deadlineAt >= 0"]],
    foundBy: [by("pipeline/enqueue.test.ts", "joint .*past its pending timeout")],
  },
  {
    name: "a repeat of a hand-out takes more tasks",
    harm: REPEAT_HARM,
    file: "src/backends/memory/hand-outs.ts",
    edits: [["this.#recent.get(params.nonce)", 'this.#recent.get("")']],
    foundBy: [by(MEMORY, REPEAT)],
  },
  {
    name: "a repeat of a hand-out takes more tasks, on SQLite",
    harm: REPEAT_HARM,
    file: "src/backends/sqlite/engine/hand-outs.ts",
    edits: [["this.#recent.get(params.nonce)", 'this.#recent.get("")']],
    foundBy: [by(SQLITE, REPEAT)],
  },
  {
    name: "a repeat of a hand-out takes more tasks, on Redis",
    harm: REPEAT_HARM,
    file: `${LUA}/hand-out.lua`,
    edits: [
      [
        'local before = redis.call("GET", prefix .. KEY.handedOut .. nonce)',
        "local before = false",
      ],
    ],
    foundBy: [by(REDIS_JOINT, REPEAT)],
  },
  {
    name: "a live task is deleted",
    harm: "a task that runs is gone without a trace",
    file: "src/backends/memory/writes.ts",
    edits: [["!isTerminal(record.state) || record.revision", "record.revision"]],
    foundBy: [by(MEMORY, ALIVE)],
  },
  {
    name: "a live task is deleted, on SQLite",
    harm: "a task that runs is gone without a trace",
    file: "src/backends/sqlite/engine/writes.ts",
    edits: [["!isTerminal(row.state) || row.revision", "row.revision"]],
    foundBy: [by(SQLITE, ALIVE)],
  },
  {
    name: "a live task is deleted, on Redis",
    harm: "a task that runs is gone without a trace",
    file: `${LUA}/remove.lua`,
    edits: [["state < STATE.SUCCEEDED or ", ""]],
    foundBy: [by(REDIS, ALIVE)],
  },
  {
    name: "a live task is purged",
    harm: "a task that was retried is gone while it runs",
    file: "src/backends/memory/tasks.ts",
    edits: [["if (isTerminal(record.state)) entry.purge", "if (record.endedAt >= 0) entry.purge"]],
    foundBy: [by(MEMORY, PURGED)],
  },
  {
    name: "a live task is purged, on Redis",
    harm: "a task that was retried is gone while it runs",
    file: `${LUA}/purge.lua`,
    edits: [
      [" or state_of(record) < STATE.SUCCEEDED", ""],
      ["math.floor(purge_at / 60000) ~= minute", "false"],
      ["if purge_at > now then", "if state_of(record) >= STATE.SUCCEEDED and purge_at > now then"],
    ],
    foundBy: [by(REDIS, "purge a task that was retried stays")],
  },
  {
    name: "tasks are purged early, on SQLite",
    harm: PURGE_HARM,
    file: "src/backends/sqlite/engine/sweeps.ts",
    edits: [["AND purge_at <= ? ORDER", "AND purge_at - 3600000 <= ? ORDER"]],
    foundBy: [by(SQLITE, PURGED)],
  },
  {
    name: "a retry leaves the time of the purge",
    harm: "a task that was retried is gone while it runs",
    file: "src/core/transitions/interventions.ts",
    edits: [["    purgeAt: 0,\n", ""]],
    foundBy: [by("core/transitions.test.ts", "retry")],
  },
  {
    name: "a list that was empty stays so, on SQLite",
    harm: "new tasks wait although a worker polls",
    file: "src/backends/sqlite/empty-lists.ts",
    edits: [["this.#namesByQueue.get(queue)?.delete(name);", ""]],
    foundBy: [
      by(SQLITE, "after nothing a task that is created"),
      by("backends/sqlite/sqlite-broker.test.ts", "takes that found nothing hide nothing"),
    ],
  },
  {
    name: "a list that was empty stays so for what comes back, on SQLite",
    harm: "a task that was released waits although a worker polls",
    file: "src/backends/sqlite/empty-lists.ts",
    edits: [["this.#namesByQueue.delete(queue);", ""]],
    foundBy: [by(SQLITE, "after nothing one whose lease is given back")],
  },
  {
    name: "what an undone transaction saw as empty stays so, on SQLite",
    harm: "after a full disk a task waits although a worker polls",
    file: "src/backends/sqlite/empty-lists.ts",
    edits: [["this.#namesByQueue.clear();", ""]],
    foundBy: [by("backends/sqlite/empty-lists.test.ts", "an undone transaction")],
  },
  {
    name: "what an undone transaction started counts as started, on SQLite",
    harm: "after a full disk the numbers of a queue are wrong for ever",
    file: "src/backends/sqlite/engine/leased-keys.ts",
    edits: [["    this.#newest.clear();\n    this.#older.clear();\n", ""]],
    foundBy: [by("backends/sqlite/leased-keys.test.ts", "whose start was undone")],
  },
  {
    name: "the key of a lease that ended stays, on SQLite",
    harm: "a late outcome overwrites the one that was recorded",
    file: "src/backends/sqlite/engine/leased-keys.ts",
    edits: [["    this.#newest.delete(id);\n    this.#older.delete(id);\n", ""]],
    foundBy: [by(SQLITE, "write an end that comes second")],
  },
  {
    name: "answered before the commit, on SQLite",
    harm: "a task that was acknowledged is lost when the server is killed",
    file: "src/backends/sqlite/session.ts",
    edits: [
      ['db.exec("BEGIN IMMEDIATE");', 'if (!db.isTransaction) db.exec("BEGIN IMMEDIATE");'],
      ['db.exec("COMMIT");', 'setTimeout(() => db.isTransaction && db.exec("COMMIT"), 2_000);'],
    ],
    foundBy: [by("backends/sqlite/kill.test.ts", "acknowledged before kill -9", SLOW_MS)],
  },
  {
    name: "answered before the write",
    harm: "a task that was acknowledged was never stored",
    file: "src/pipeline/joint-backend.ts",
    edits: [
      [
        "return creating;",
        'creating.catch(() => undefined); return Promise.resolve(tasks.map(() => ({ kind: "created" })));',
      ],
    ],
    foundBy: [by("backends/pairs/joint.test.ts", "backend contract: (memory|redis) create ")],
  },
  {
    name: "an enqueue is answered before the write",
    harm: "a task that was acknowledged was never stored",
    file: "src/pipeline/lanes.ts",
    edits: [
      [
        "return backend.create(tasks);",
        'backend.create(tasks).catch(() => undefined); return Promise.resolve(tasks.map(() => ({ kind: "created" })));',
      ],
    ],
    foundBy: [by("pipeline/enqueue.test.ts", "joint is answered when the task is stored")],
  },
  {
    name: "a call that finds the datastore away is not repeated",
    harm: "every restart of Redis fails the calls of that second",
    file: "src/pipeline/repeat.ts",
    edits: [["if (!isUnreachable(error)) throw error;", "if (isUnreachable(error)) throw error;"]],
    foundBy: [by("pipeline/lifecycle.test.ts", "a short outage is bridged")],
  },
  {
    name: "verdicts are mixed up within a batch",
    harm: "one caller gets another's answer",
    file: "src/core/coalescer.ts",
    edits: [["results[next++]!", "results.at(-1 - next++)!"]],
    foundBy: [by("core/coalescer.test.ts", "calls of one turn")],
  },
  {
    name: "the clock runs backwards over a restart, on SQLite",
    harm: "a lease that ended is given out as one that lasts",
    file: "src/backends/sqlite/session.ts",
    edits: [
      ["clock.note(Math.max(now, this.#now));", ""],
      ["if (this.#totalChanges() !== before) clock.note(this.#now);", "void before;"],
    ],
    foundBy: [
      by("backends/sqlite/clock.test.ts", "does not run backwards over a restart", SLOW_MS),
    ],
  },
];
