/** Bugs in what is told: news that are dropped, polls and awaits that are not woken. */
import { by, type Mutant } from "../mutant.ts";

const LUA = "src/backends/redis/lua";

export const WAKING: readonly Mutant[] = [
  {
    name: "the notice of work is dropped though nobody took it",
    harm: "a task waits beside an idle worker until its poll is over",
    file: "src/pipeline/fresh-work.ts",
    edits: [["if (taken < changes.length) pass();", ""]],
    foundBy: [by("pipeline/fresh-work.test.ts", "a notice of a task that was not taken")],
  },
  {
    name: "the notice of other servers' work is dropped",
    harm: "a task waits beside an idle worker of another server until its poll is over",
    file: "src/pipeline/fresh-work.ts",
    edits: [
      ["change.revision === 1 && this.#announced.has(change.id)", "change.revision === 1"],
      ["this.#announced.get(id) === true", "this.#announced.get(id) !== false"],
    ],
    foundBy: [
      by("pipeline/fresh-work.test.ts", "a notice of another server's task"),
      by("pipeline/servers.test.ts", "joint work enqueued at one wakes a poll parked at the other"),
    ],
  },
  {
    name: "a task that comes back wakes nobody",
    harm: "a task that was released waits beside an idle worker",
    file: "src/pipeline/fresh-work.ts",
    edits: [["change.revision === 1 && this", "this"]],
    foundBy: [by("pipeline/fresh-work.test.ts", "a notice of a later revision")],
  },
  {
    name: "a poll that was woken and is gone takes the news with it",
    harm: "a task waits beside an idle worker until its poll is over",
    file: "src/pipeline/dispatcher.ts",
    edits: [["    this.#wake(group, 1);\n    return [];", "    return [];"]],
    foundBy: [by("pipeline/long-polls.test.ts", "composed a poll that was woken and is gone")],
  },
  {
    name: "a taker that leaves work wakes nobody",
    harm: "of a backlog one worker gets a part, and the others sleep",
    file: "src/pipeline/dispatcher.ts",
    edits: [["if (handed.more) this.#wake(group, 1);", ""]],
    foundBy: [by("pipeline/long-polls.test.ts", "joint a poll that leaves work wakes the next")],
  },
  {
    name: "nobody is woken when delayed work becomes due",
    harm: "a delayed task starts when the next one happens to come",
    file: "src/pipeline/dispatcher.ts",
    edits: [
      [
        "        group.nextDueAt = 0;\n        this.#wake(group, 1);",
        "        group.nextDueAt = 0;",
      ],
    ],
    foundBy: [by("pipeline/long-polls.test.ts", "joint work that becomes due")],
  },
  {
    name: "what was empty is believed empty though work came since",
    harm: "a task waits beside a worker that polls",
    file: "src/pipeline/dispatcher.ts",
    edits: [["empty.version === version && ", "version >= 0 && "]],
    foundBy: [by("pipeline/long-polls.test.ts", "joint arriving work")],
  },
  {
    name: "a paused queue is handed out",
    harm: "an operator can't stop the work of a queue",
    file: "src/pipeline/dispatcher.ts",
    edits: [[".filter((queue) => !this.#isPaused(queue))", ""]],
    foundBy: [by("pipeline/long-polls.test.ts", "joint .*nothing of a paused queue")],
  },
  {
    name: "the order of queues that a poll names is not heeded",
    harm: "urgent work waits behind the rest, whatever the worker's strategy says",
    file: "src/pipeline/dispatcher.ts",
    edits: [["(ask.order ?? inTurn(ask))", "inTurn(ask)"]],
    foundBy: [by("pipeline/queue-choice.test.ts", "joint get what the earlier queues have")],
  },
  {
    name: "polls that name queues in another order are a group of their own",
    harm: "one task wakes many polls",
    file: "src/pipeline/queue-choice.ts",
    edits: [["own.filter((queue) => order.has(queue))", "named"]],
    foundBy: [by("pipeline/queue-choice.test.ts", "joint compete with polls")],
  },
  {
    name: "a pause holds at its own server alone",
    harm: "an operator stops a queue, and other servers go on with it",
    file: "src/pipeline/queues.ts",
    edits: [["if (concerns) await this.#reload();", ""]],
    foundBy: [by("pipeline/servers.test.ts", "joint a queue paused and resumed at one")],
  },
  {
    name: "the end of a pause wakes nobody",
    harm: "a queue that was resumed stands still until new work comes",
    file: "src/pipeline/pipeline.ts",
    edits: [
      [
        "if (await this.queues.follow(notice)) this.#dispatcher.wakeAll();",
        "await this.queues.follow(notice);",
      ],
    ],
    foundBy: [by("pipeline/long-polls.test.ts", "joint .*nothing of a paused queue")],
  },
  {
    name: "notices of changes are dropped",
    harm: "an await at one server never hears of an end at another",
    file: "src/pipeline/pipeline.ts",
    edits: [['if (notice.kind === "changes") this.#interest.tell(notice.changes);', ""]],
    foundBy: [by("pipeline/servers.test.ts", "joint an await at one hears of an end at the other")],
  },
  {
    name: "a gap in the notices is ignored",
    harm: "an await that missed its end while Redis was away waits to its own end",
    file: "src/pipeline/pipeline.ts",
    edits: [['if (notice.kind === "gap") this.#interest.tellGap();', ""]],
    foundBy: [by("pipeline/await.test.ts", "joint .*after a gap")],
  },
  {
    name: "notices of changes are dropped, in memory",
    harm: "an await never hears of the end",
    file: "src/backends/memory/memory-storage.ts",
    edits: [["    this.#feed.publish(noticeOf(records));\n", ""]],
    foundBy: [by("backends/memory/memory-storage.test.ts", "feed every change is told")],
  },
  {
    name: "notices of changes are dropped, on SQLite",
    harm: "an await never hears of the end",
    file: "src/backends/sqlite/sqlite-storage.ts",
    edits: [["    this.#feed.publish(noticeOf(records));\n", ""]],
    foundBy: [by("backends/sqlite/sqlite-storage.test.ts", "feed every change is told")],
  },
  {
    name: "notices of changes are dropped, on Redis",
    harm: "an await never hears of the end",
    file: `${LUA}/includes/publish-notice.lua`,
    edits: [['redis.call("PUBLISH", channel, text)', ""]],
    foundBy: [by("backends/redis/redis-storage.test.ts", "feed every change is told")],
  },
  {
    name: "notices that were missed are not read up, on Redis",
    harm: "an await never hears of the end",
    file: "src/backends/redis/change-feed.ts",
    edits: [["sequence > this.#last + 1", "sequence > Infinity"]],
    foundBy: [by("backends/redis/change-feed.test.ts", "kept no longer")],
  },
  {
    name: "an await reads before it registers",
    harm: "a result that comes in between is told when the wait is over",
    file: "src/pipeline/observer.ts",
    edits: [
      [
        "const end = this.#interest.inTask(taskId, (change, record) => {",
        "const early = await first(); const end = this.#interest.inTask(taskId, (change, record) => {",
      ],
      ["for (let found = await first(); ; found", "for (let found = early; ; found"],
    ],
    foundBy: [by("pipeline/await.test.ts", "await one, joint .*while its record is read")],
  },
  {
    name: "an await of many reads before it registers",
    harm: "a result that comes in between is told when the wait is over",
    file: "src/pipeline/observer.ts",
    edits: [
      [
        "    const ends = [...pending].map((id) =>\n",
        `    const early = new Map();
    for (const id of pending) early.set(id, await this.#lanes.read(id));
    const ends = [...pending].map((id) =>\n`,
      ],
      [
        "told[at] ?? this.#lanes.read(id)",
        "told[at] ?? (early.has(id) ? [early.get(id), early.delete(id)][0] : this.#lanes.read(id))",
      ],
    ],
    foundBy: [by("pipeline/await.test.ts", "await many, joint .*while its record is read")],
  },
];
