/** Bad input: reads and filters. */
import { check, NEGATIVE, type Call } from "./rules.ts";

function list(filter: object): Call {
  return (scene) => scene.tasks.listTasks({ filter });
}

check("reads", [
  {
    title: "an unknown view",
    field: "view",
    says: /TASK_VIEW_FULL; got 9/,
    bad: (scene) => scene.tasks.getTask({ taskId: "a", view: 9 as never }),
  },
  {
    title: "no ids",
    field: "task_ids",
    says: /at least one/,
    bad: (scene) => scene.tasks.batchGetTasks({}),
  },
  {
    title: "many ids",
    field: "task_ids",
    says: /at most 5 entries; got 6/,
    bad: (scene) => scene.tasks.batchAwaitTasks({ taskIds: Array(6).fill("a") }),
    good: (scene) => scene.tasks.batchAwaitTasks({ taskIds: Array(5).fill("a") }),
  },
  {
    title: "a malformed id among them",
    field: "task_ids[1]",
    says: /printable/,
    bad: (scene) => scene.tasks.batchGetTasks({ taskIds: ["a", "b c"] }),
  },
  {
    title: "a negative min_count",
    field: "min_count",
    says: /from 0 to 5; got -1/,
    bad: (scene) => scene.tasks.batchAwaitTasks({ taskIds: ["a"], minCount: -1 }),
  },
  {
    title: "a negative wait",
    field: "wait",
    says: /0 or more/,
    bad: (scene) => scene.tasks.awaitTask({ taskId: "a", wait: NEGATIVE }),
  },
  {
    title: "a negative page",
    field: "page_size",
    says: /or more; got -1/,
    bad: (scene) => scene.tasks.listTasks({ pageSize: -1 }),
  },
  {
    title: "a negative sequence",
    field: "after_sequence",
    says: /0 or more/,
    bad: (scene) => scene.tasks.listTaskEvents({ taskId: "a", afterSequence: -1n }),
  },
  {
    title: "many queues",
    field: "filter.queues",
    says: /at most 5 entries/,
    bad: list({ queues: Array(6).fill("q") }),
    good: list({ queues: Array(5).fill("q") }),
  },
  {
    title: "a malformed name",
    field: "filter.names[0]",
    says: /printable/,
    bad: list({ names: ["a b"] }),
  },
  {
    title: "an unknown state",
    field: "filter.states[0]",
    says: /TASK_STATE_PENDING.*got 5000/,
    bad: list({ states: [5_000] }),
  },
  {
    title: "no state in particular",
    field: "filter.states[0]",
    says: /got 0/,
    bad: list({ states: [0] }),
  },
  {
    title: "a time that is none",
    field: "filter.create_time_from",
    says: /year 1/,
    bad: list({ createTimeFrom: { seconds: 1n, nanos: -1 } }),
  },
  {
    title: "a filter without a condition, to cancel",
    field: "filter",
    says: /at least one condition/,
    bad: (scene) => scene.tasks.batchCancelTasks({ filter: {} }),
  },
  {
    title: "no filter, to retry",
    field: "filter",
    says: /at least one condition/,
    bad: (scene) => scene.tasks.batchRetryTasks({}),
  },
]);
