/** Bad input: what workers send. */
import { NAME } from "../../../pipeline/setup.ts";
import { check, text, type Call } from "./rules.ts";

const SESSION = { sessionId: "s1", workerId: "w", slots: 1, definitions: [{ name: NAME }] };
const TOKEN = new Uint8Array(30);

function register(change: object): Call {
  return (scene) => scene.workers.registerWorker({ ...SESSION, ...change });
}

function record(attempt: object): Call {
  return (scene) =>
    scene.workers.recordEvents({ sessionId: "s1", attempts: [{ leaseToken: TOKEN, ...attempt }] });
}

check("workers", [
  {
    title: "no session id",
    field: "session_id",
    says: /required/,
    bad: register({ sessionId: "" }),
  },
  { title: "no worker id", field: "worker_id", says: /required/, bad: register({ workerId: "" }) },
  {
    title: "no slots",
    field: "slots",
    says: /from 1 to 10000; got 0/,
    bad: register({ slots: 0 }),
    good: register({ slots: 10_000 }),
  },
  {
    title: "no definitions",
    field: "definitions",
    says: /at least one/,
    bad: register({ definitions: [] }),
  },
  {
    title: "a name that comes twice",
    field: "definitions[1].name",
    says: /twice/,
    bad: register({ definitions: [{ name: "a" }, { name: "a" }] }),
  },
  {
    title: "bad options in a definition",
    field: "definitions[0].options.priority",
    says: /from -1000/,
    bad: register({ definitions: [{ name: "a", options: { priority: 2_000 } }] }),
  },
  {
    title: "a malformed queue",
    field: "queues[0]",
    says: /printable/,
    bad: register({ queues: ["a b"] }),
  },
  {
    title: "a digest that is none",
    field: "schema_digest",
    says: /32 bytes/,
    bad: register({ schemaDigest: new Uint8Array(31) }),
    good: register({ schemaDigest: new Uint8Array(32) }),
  },
  {
    title: "negative credit",
    field: "max_tasks",
    says: /from 0/,
    bad: (scene) => scene.workers.pollTasks({ sessionId: "s1", maxTasks: -1 }),
  },
  {
    title: "a large checkpoint",
    field: "renewals[0].checkpoint",
    says: /at most 65536 bytes/,
    bad: (scene) =>
      scene.workers.heartbeat({
        sessionId: "s1",
        renewals: [{ leaseToken: TOKEN, checkpoint: text(65_537) }],
      }),
    good: (scene) =>
      scene.workers.heartbeat({
        sessionId: "s1",
        renewals: [{ leaseToken: TOKEN, checkpoint: text(65_536) }],
      }),
  },
  {
    title: "many outcomes",
    field: "outcomes",
    says: /at most 5/,
    bad: (scene) =>
      scene.workers.reportOutcomes({
        sessionId: "s1",
        outcomes: Array(6).fill({ leaseToken: TOKEN }),
      }),
  },
  {
    title: "events at no position",
    field: "attempts[0].first_index",
    says: /1 or more; got 0/,
    bad: record({ events: [{ event: { case: "log", value: {} } }] }),
  },
  {
    title: "an event of no kind",
    field: "attempts[0].events[0]",
    says: /output or log/,
    bad: record({ firstIndex: 1n, events: [{}] }),
  },
  {
    title: "an output over the limit",
    field: "attempts[0].events[0].output",
    says: /at most 1000 bytes/,
    bad: record({ firstIndex: 1n, events: [{ event: { case: "output", value: text(1_001) } }] }),
  },
  {
    title: "an unknown level",
    field: "attempts[0].events[0].log.level",
    says: /LOG_LEVEL_INFO/,
    bad: record({ firstIndex: 1n, events: [{ event: { case: "log", value: { level: 9 } } }] }),
  },
  {
    title: "progress that is no number",
    field: "attempts[0].progress.completed",
    says: /NaN/,
    bad: record({ progress: { completed: NaN } }),
  },
  {
    title: "no lease token",
    field: "attempts[0].lease_token",
    says: /required/,
    bad: record({ leaseToken: new Uint8Array() }),
  },
]);
