/** Bugs in what holds a pair of broker and storage together: the order of the steps, intents, epochs, holds. */
import { by, type Mutant } from "../mutant.ts";

const LUA = "src/backends/redis/lua";

export const PAIRS: readonly Mutant[] = [
  {
    name: "settled before it is started",
    harm: "a server that dies in between takes the task's message with it",
    file: "src/pipeline/composed-hand-out.ts",
    edits: [
      [
        "const verdicts = changes.length",
        "await this.#giveBack(messages, plans, params.nonce); const verdicts = changes.length",
      ],
    ],
    foundBy: [
      by(
        "backends/pairs/memory-storage.test.ts",
        "backend contract: memory storage, memory broker .*failed before it was written",
      ),
    ],
  },
  {
    name: "no reconciler",
    harm: "a task whose publish failed waits for ever",
    file: "src/pipeline/composed-backend.ts",
    edits: [["this.#reconciler.start();", ""]],
    foundBy: [by("pipeline/composed.test.ts", "a publish that failed")],
  },
  {
    name: "the broker's epoch is ignored",
    harm: "what waited in a broker that lost its data is never handed out",
    file: "src/pipeline/reconciler.ts",
    edits: [["if (this.#epoch === epoch) return;", "if (epoch) return;"]],
    foundBy: [by("pipeline/composed.test.ts", "a broker that was emptied")],
  },
  {
    name: "a broker of SQLite that was not closed in order keeps its epoch",
    harm: "messages that a power failure took are never published again",
    file: "src/backends/sqlite/broker-engine/broker-engine.ts",
    edits: [["    renewEpoch(meta);", ""]],
    foundBy: [by("backends/sqlite/broker-epoch.test.ts", "not stopped in order")],
  },
  {
    name: "a broker of Redis that was restarted keeps its epoch",
    harm: "messages that a restart took are never published again",
    file: `${LUA}/broker-epoch.lua`,
    edits: [['string.match(info, "run_id:(%w+)")', "false"]],
    foundBy: [by("backends/redis/outage.test.ts", "broker: the same")],
  },
  {
    name: "a new epoch is noted before it is filled",
    harm: "what could not be published at once waits for ever",
    file: "src/pipeline/reconciler.ts",
    edits: [
      ["    const count = await this.#publishAll();\n", ""],
      [
        "    this.#epoch = epoch;\n",
        "    this.#epoch = epoch;\n    const count = await this.#publishAll();\n",
      ],
    ],
    foundBy: [by("pipeline/composed.test.ts", "a broker that could not be filled")],
  },
  {
    name: "a create notes no intent",
    harm: "a task whose publish failed waits for ever",
    file: "src/pipeline/composed-backend.ts",
    edits: [["this.storage.create({ tasks, intentId })", "this.storage.create({ tasks })"]],
    foundBy: [by("pipeline/composed.test.ts", "a publish that failed")],
  },
  {
    name: "a write notes no intent",
    harm: "a retry whose publish failed waits for ever",
    file: "src/pipeline/composed-backend.ts",
    edits: [["this.storage.write({ changes, intentId })", "this.storage.write({ changes })"]],
    foundBy: [
      by(
        "backends/pairs/memory-storage.test.ts",
        "pipeline: memory storage, redis broker crashes killed: failure written, not published",
      ),
    ],
  },
  {
    name: "an intent is dropped before its publish",
    harm: "a server that dies in between leaves a task that waits for ever",
    file: "src/pipeline/composed-backend.ts",
    edits: [
      ["const publishing = this.publish(records)", "const publishing = Promise.resolve()"],
      [
        ".then(() => this.storage.dropIntents({ ids: [intentId] }))",
        ".then(() => this.storage.dropIntents({ ids: [intentId] })).then(() => this.publish(records))",
      ],
    ],
    foundBy: [by("pipeline/composed.test.ts", "a publish that failed")],
  },
  {
    name: "an intent is for ever",
    harm: "the list of intents grows with every task",
    file: "src/pipeline/composed-backend.ts",
    edits: [[".then(() => this.storage.dropIntents({ ids: [intentId] }))", ""]],
    foundBy: [by("pipeline/composed.test.ts", "a publish that worked")],
  },
  {
    name: "a repeat of a pair's hand-out takes more tasks",
    harm: "tasks are started that no worker hears of",
    file: "src/pipeline/composed-hand-out.ts",
    edits: [["const max = done === undefined ? params.max : 0;", "const { max } = params;"]],
    foundBy: [
      by(
        "backends/pairs/memory-storage.test.ts",
        "backend contract: memory storage, memory broker hand-out a repeat takes nothing more",
      ),
    ],
  },
  {
    name: "a task that is due for the broker alone is dropped",
    harm: "a task whose broker's clock is ahead is never handed out",
    file: "src/pipeline/start-plan.ts",
    edits: [["record.dueAt > now ?", "record.dueAt > Infinity ?"]],
    foundBy: [
      by(
        "backends/pairs/memory-storage.test.ts",
        "backend contract: memory storage, memory broker .*due before its task",
      ),
    ],
  },
  {
    name: "settled without the hold",
    harm: "a server that stood still drops the message that another one holds by now",
    file: "src/backends/memory/messages.ts",
    edits: [["slot?.hold === hold && slot.message.generation", "slot?.message.generation"]],
    foundBy: [by("backends/memory/memory-broker.test.ts", "holds (settling takes|who took it)")],
  },
  {
    name: "settled without the hold, on SQLite",
    harm: "a server that stood still drops the message that another one holds by now",
    file: "src/backends/sqlite/broker-engine/message-table.ts",
    edits: [
      [
        "DELETE FROM message WHERE task_id = ? AND hold = ?",
        "DELETE FROM message WHERE task_id = ? AND '' <> ?",
      ],
    ],
    foundBy: [by("backends/sqlite/sqlite-broker.test.ts", "holds (settling takes|who took it)")],
  },
  {
    name: "settled without the hold, on Redis",
    harm: "a server that stood still drops the message that another one holds by now",
    file: `${LUA}/broker-settle.lua`,
    edits: [[" and message.hold == ARGV[i + 2]", ""]],
    foundBy: [by("backends/redis/redis-broker.test.ts", "holds (settling takes|who took it)")],
  },
  {
    name: "a hold never ends, on Redis",
    harm: "what a server held when it died is never handed out",
    file: `${LUA}/broker-take.lua`,
    edits: [
      [
        "place_message(prefix, id, message, now + hold_ms)",
        "place_message(prefix, id, message, now + 1e12)",
      ],
    ],
    foundBy: [by("backends/redis/redis-broker.test.ts", "holds a message whose hold is over")],
  },
  {
    name: "an older message replaces a newer one",
    harm: "a task that was put off is handed out at its old time",
    file: "src/backends/memory/messages.ts",
    edits: [["known.message.generation >= message.generation", "known.message === message"]],
    foundBy: [by("backends/memory/memory-broker.test.ts", "publish a message of a generation")],
  },
  {
    name: "an older message replaces a newer one, on SQLite",
    harm: "a task that was put off is handed out at its old time",
    file: "src/backends/sqlite/broker-engine/message-table.ts",
    edits: [["WHERE excluded.generation > generation", "WHERE true"]],
    foundBy: [by("backends/sqlite/sqlite-broker.test.ts", "publish a message of a generation")],
  },
  {
    name: "an older message replaces a newer one, on Redis",
    harm: "a task that was put off is handed out at its old time",
    file: `${LUA}/broker-publish.lua`,
    edits: [["if known.generation >= message.generation then return end", ""]],
    foundBy: [by("backends/redis/redis-broker.test.ts", "publish a message of a generation")],
  },
  {
    name: "a delayed message is taken early",
    harm: "a task is looked at again and again before its time",
    file: "src/backends/memory/messages.ts",
    edits: [["this.#set(message, now + message.delayMs,", "this.#set(message, now,"]],
    foundBy: [by("backends/memory/memory-broker.test.ts", "take a delayed message is not taken")],
  },
  {
    name: "a second server starts with a broker of its own",
    harm: "each of two servers hands out what the other does not know",
    file: "src/pipeline/pairing.ts",
    edits: [
      [
        'if (bound.owner !== "" && bound.owner !== this.#owner) return OTHER_SERVER;\n    return bound.brokerId === this.#broker.brokerId ? undefined : OTHER_BROKER;',
        "return bound.brokerId ? undefined : OTHER_BROKER;",
      ],
    ],
    foundBy: [
      by("pipeline/composed.test.ts", "a shared storage with a broker|servers on one storage"),
    ],
  },
  {
    name: "a repeat of a take takes more messages",
    harm: "after a lost answer tasks wait until a hold is over that nobody knows of",
    file: "src/backends/memory/messages.ts",
    edits: [["if (messages.length === 0) {", "{"]],
    foundBy: [by("backends/memory/memory-broker.test.ts", "holds nor with what has come since")],
  },
  {
    name: "a repeat of a take takes more messages, on SQLite",
    harm: "after a lost answer tasks wait until a hold is over that nobody knows of",
    file: "src/backends/sqlite/broker-engine/broker-engine.ts",
    edits: [["max: held.length > 0 ? 0 : max,", "max,"]],
    foundBy: [by("backends/sqlite/sqlite-broker.test.ts", "holds a repeat answers with")],
  },
  {
    name: "a repeat of a take takes more messages, on Redis",
    harm: "after a lost answer tasks wait until a hold is over that nobody knows of",
    file: `${LUA}/broker-take.lua`,
    edits: [['local before = redis.call("GET", taken_key)', "local before = false"]],
    foundBy: [by("backends/redis/redis-broker.test.ts", "holds a repeat answers with")],
  },
  {
    name: "an intent is not kept, in memory",
    harm: "a task whose publish failed waits for ever",
    file: "src/backends/memory/memory-storage.ts",
    edits: [["this.#intents.note(intentId, ids, now);", ""]],
    foundBy: [
      by("backends/memory/memory-storage.test.ts", "intents a (create|write) notes the tasks"),
    ],
  },
  {
    name: "an intent is not kept, on SQLite",
    harm: "a retry whose publish failed waits for ever",
    file: "src/backends/sqlite/engine/writes.ts",
    edits: [["this.#to.intents.note(params.intentId, waiting, now);", ""]],
    foundBy: [by("backends/sqlite/sqlite-storage.test.ts", "intents a write notes the tasks")],
  },
  {
    name: "an intent is not kept, on Redis",
    harm: "a retry whose publish failed waits for ever",
    file: `${LUA}/write.lua`,
    edits: [["add_intent(prefix, ARGV[3], ARGV[4], now)", ""]],
    foundBy: [by("backends/redis/redis-storage.test.ts", "intents a write notes the tasks")],
  },
];
