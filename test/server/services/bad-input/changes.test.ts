/** Bad input: changes. */
import { NAME } from "../../../pipeline/setup.ts";
import { check, NEGATIVE } from "./rules.ts";

check("changes", [
  {
    title: "no items",
    field: "requests",
    says: /at least one/,
    bad: (scene) => scene.tasks.batchEnqueueTasks({}),
  },
  {
    title: "many items",
    field: "requests",
    says: /at most 5 entries; got 6/,
    bad: (scene) =>
      scene.tasks.batchEnqueueTasks({ requests: Array(6).fill({ spec: { name: NAME } }) }),
    good: (scene) =>
      scene.tasks.batchEnqueueTasks({ requests: Array(5).fill({ spec: { name: NAME } }) }),
  },
  {
    title: "nothing to run",
    field: "enqueue",
    says: /required/,
    bad: (scene) => scene.tasks.runTask({}),
  },
  {
    title: "what is run is named within",
    field: "enqueue.spec.name",
    says: /required/,
    bad: (scene) => scene.tasks.runTask({ enqueue: { spec: {} } }),
  },
  {
    title: "a negative grace",
    field: "force_after",
    says: /0 or more/,
    bad: (scene) => scene.tasks.cancelTask({ taskId: "a", forceAfter: NEGATIVE }),
  },
  {
    title: "a long reason",
    field: "reason",
    says: /at most 1000 characters/,
    bad: (scene) => scene.tasks.cancelTask({ taskId: "a", reason: "r".repeat(1_001) }),
  },
  {
    title: "nothing to reschedule",
    field: "start",
    says: /at least one is required/,
    bad: (scene) => scene.tasks.rescheduleTask({ taskId: "a" }),
  },
  {
    title: "a priority to reschedule to",
    field: "priority",
    says: /from -1000/,
    bad: (scene) => scene.tasks.rescheduleTask({ taskId: "a", priority: -1_001 }),
  },
]);
