/** What the worker's log says of attempts that fail, and of handlers that go on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { LeaseVerdict, OutcomeVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration } from "../../src/core/duration.ts";
import { SnoozeError, TaskError, TerminalError } from "../../src/worker/errors.ts";
import type { HandlerContext } from "../../src/worker/context.ts";
import { aborted, setup, type Setup } from "./setup.ts";

const [DEBUG, WARN, ERROR] = [20, 40, 50];
const SECRET = "the-payload-of-the-task";

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Lines about a task; they are written once the server has answered, so that one is waited for. */
async function linesAbout({ logs }: Setup, taskId: string): Promise<Line[]> {
  for (const endAt = performance.now() + 3_000; performance.now() < endAt; await sleep(5)) {
    const lines = (logs as readonly Line[]).filter((line) => line["taskId"] === taskId);
    if (lines.length > 0) return lines;
  }
  return [];
}

/** The server says that tasks are in this state after an outcome. */
function taskState(made: Setup, state: TaskState): Setup {
  made.server.judge = () => ({ verdict: OutcomeVerdict.RECORDED, taskState: state });
  return made;
}

test("a failed attempt that a retry follows is a warning, with the error and nothing of the payload", async (t) => {
  const made = taskState(
    await setup(t, {
      fails: () => {
        const cause = new RangeError("disk full");
        throw new TaskError("no luck", { type: "acme.Luck", details: { SECRET }, cause });
      },
    }),
    TaskState.RETRYING,
  );
  const id = made.server.push({ name: "fails", input: SECRET, attempt: 2 });
  const [line, ...more] = await linesAbout(made, id);
  assert.deepEqual(more, []);
  assert.equal(line?.level, WARN);
  assert.match(line.msg, /will be retried/);
  assert.deepEqual([line["task"], line["attempt"]], ["fails", 2]);
  const err = line["err"] as { type: string; message: string; stack: string };
  assert.deepEqual([err.type, err.message], ["acme.Luck", "no luck"]);
  assert.match(err.stack, /failure-log\.test\.ts:\d+[^]*caused by: RangeError: disk full/);
  assert.doesNotMatch(JSON.stringify(line), new RegExp(SECRET));
});

test("a failed attempt that ends its task is an error, whatever ended it", async (t) => {
  const made = taskState(
    await setup(t, {
      terminal: () => {
        throw new TerminalError("never");
      },
      late: (_: unknown, { signal }: HandlerContext) => aborted(signal),
    }),
    TaskState.FAILED,
  );
  const { server } = made;
  const ids = [
    server.push({ name: "terminal" }),
    server.push({ name: "late", attemptTtl: toDuration(30) }),
  ];
  for (const [id, type] of [
    [ids[0]!, "TerminalError"],
    [ids[1]!, "qtasks.AttemptTimeout"],
  ] as const) {
    const [line, ...more] = await linesAbout(made, id);
    assert.deepEqual(more, []);
    assert.equal(line?.level, ERROR);
    assert.equal((line["err"] as { type: string }).type, type);
  }
});

test("cancels and snoozes are told at debug, a success not at all", async (t) => {
  const made = await setup(t, {
    canceled: async (_: unknown, { signal, throwIfCanceled }: HandlerContext) => {
      await aborted(signal);
      throwIfCanceled();
    },
    snoozes: () => {
      throw new SnoozeError(5_000, "not yet");
    },
    good: () => 1,
  });
  const { server, worker, logs } = made;
  const canceled = server.push({ name: "canceled" });
  await server.until(() => worker.status.held === 1);
  server.tell(canceled, LeaseVerdict.CANCEL_REQUESTED, "by hand");
  assert.deepEqual(
    (await linesAbout(made, canceled)).map(({ level }) => level),
    [DEBUG],
  );
  const [line] = await linesAbout(made, server.push({ name: "snoozes" }));
  assert.equal(line?.level, DEBUG);
  assert.deepEqual([line["reason"], line["delayMs"]], ["not yet", 5_000]);
  const good = server.push({ name: "good" });
  await server.outcome(good);
  await worker.stop();
  assert.ok(!(logs as readonly Line[]).some((line) => line["taskId"] === good));
});

test("a failure that comes too late is in the log all the same", async (t) => {
  const made = await setup(t, {
    fails: () => {
      throw new Error("unheard");
    },
  });
  made.server.judge = () => ({ verdict: OutcomeVerdict.STALE });
  const [line] = await linesAbout(made, made.server.push({ name: "fails" }));
  assert.match(line?.msg ?? "", /too late/);
  assert.equal((line!["err"] as { message: string }).message, "unheard");
});

test("a handler that heeds its signal within a second is not called one that goes on", async (t) => {
  const made = await setup(t, {
    heeds: async (_: unknown, { throwIfCanceled }: HandlerContext) => {
      for (;;) {
        throwIfCanceled();
        await sleep(10);
      }
    },
    stuck: () => new Promise(() => {}),
  });
  const { server, logs } = made;
  server.push({ name: "heeds", taskId: "heeds", attemptTtl: toDuration(45) });
  server.push({ name: "stuck", taskId: "stuck", attemptTtl: toDuration(45) });
  const told = () => (logs as readonly Line[]).filter(({ msg }) => /should heed/.test(msg));
  for (const endAt = performance.now() + 4_000; performance.now() < endAt; await sleep(20))
    if (told().length > 0) break;
  await sleep(100);
  assert.deepEqual(
    told().map(({ taskId }) => taskId),
    ["stuck"],
  );
});
