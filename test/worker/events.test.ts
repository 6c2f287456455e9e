import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { FailureKind } from "../../gen/qtasksapi/v1/task_pb.ts";
import { OutcomeVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration } from "../../src/core/duration.ts";
import { QTasksError } from "../../src/core/errors.ts";
import type { HandlerContext } from "../../src/worker/context.ts";
import { bytes, type Recorded } from "./fake-server.ts";
import { aborted, failureOf, setup } from "./setup.ts";

function outputs({ events }: Recorded): unknown[] {
  return events.flatMap(({ event }) =>
    event.case === "output" ? [JSON.parse(event.value.body.value as string) as unknown] : [],
  );
}

test("a generator's yields are outputs in order, what it returns is the result", async (t) => {
  const { server } = await setup(t, {
    count: async function* ({ to }: { to: number }) {
      for (let n = 1; n <= to; n++) yield n;
      return "end";
    },
  });
  const id = server.push({ name: "count", input: { to: 2_500 } });
  const { kind, eventCount } = await server.outcome(id);
  assert.ok(kind.case === "success" && kind.value.result?.body.value === '"end"');
  assert.equal(eventCount, 2_500n);
  const expected = Array.from({ length: 2_500 }, (_, index) => index + 1);
  assert.deepEqual(outputs(server.eventsOf(id)), expected);
});

test("an output waits while the server can't keep up, so that memory is bounded", async (t) => {
  let produced = 0;
  const { server } = await setup(t, {
    flood: async function* () {
      for (; produced < 20; produced++) yield "x".repeat(200 << 10);
    },
  });
  server.broken.set("recordEvents", new QTasksError("STORAGE_UNAVAILABLE", "away"));
  const id = server.push({ name: "flood" });
  await server.until(() => server.heartbeats.length > 4);
  assert.ok(produced < 8, `${produced} outputs of 200 KiB are held`);
  server.broken.clear();
  await server.outcome(id);
  assert.equal(outputs(server.eventsOf(id)).length, 20);
});

test("events whose answer was lost are sent again and recorded once", async (t) => {
  const { server } = await setup(t, {
    it: async function* () {
      yield 1;
      yield 2;
      yield 3;
    },
  });
  const { recordEvents } = server.calls;
  let lost = 0;
  (server.calls as { recordEvents: typeof recordEvents }).recordEvents = async (request) => {
    const answer = await recordEvents(request);
    if (lost++ < 2) throw new QTasksError("SERVER_UNREACHABLE", "cut off");
    return answer;
  };
  const id = server.push({ name: "it" });
  assert.equal((await server.outcome(id)).eventCount, 3n);
  assert.deepEqual(outputs(server.eventsOf(id)), [1, 2, 3]);
});

test("logs are kept with the task, in order with the outputs, in both argument orders", async (t) => {
  const { server, logs } = await setup(t, {
    it: async (_: unknown, { logger, output }: HandlerContext) => {
      logger.info("begin", { step: 1, list: [1, 2] });
      await output("between");
      logger.warn({ step: 2 }, "end");
    },
  });
  const id = server.push({ name: "it" });
  await server.outcome(id);
  const { events } = server.eventsOf(id);
  assert.deepEqual(
    events.map(({ event }) => (event.case === "log" ? event.value.message : event.case)),
    ["begin", "output", "end"],
  );
  const first = events[0]!.event;
  assert.ok(first.case === "log");
  assert.deepEqual({ ...first.value.fields }, { step: "1", list: "[ 1, 2 ]" });
  assert.ok(logs.some((line) => line.msg === "begin" && "taskId" in line));
});

test("of progress only the latest is sent, and the last one before the outcome", async (t) => {
  const { server } = await setup(t, {
    it: async (_: unknown, { progress }: HandlerContext) => {
      for (let n = 1; n <= 1_000; n++) {
        progress(n, 1_000, `file ${n}`);
        if (n % 100 === 0) await new Promise(setImmediate);
      }
    },
  });
  const id = server.push({ name: "it" });
  await server.outcome(id);
  const { progress } = server.eventsOf(id);
  assert.ok(progress.length <= 3, `${progress.length} calls`);
  assert.deepEqual(progress.at(-1), { completed: 1_000, total: 1_000, message: "file 1000" });
});

test("progress that is no count is refused where it is made", async (t) => {
  const { server } = await setup(t, {
    it: (_: unknown, { progress }: HandlerContext) => progress(NaN),
  });
  const { kind } = await server.outcome(server.push({ name: "it" }));
  assert.ok(kind.case === "failure");
  assert.equal(kind.value.type, "RangeError");
});

test("an output that the server refuses fails the attempt, and others go on", async (t) => {
  const { server } = await setup(t, {
    bad: async (_: unknown, { output }: HandlerContext) => {
      await output("too much");
      return "never mind";
    },
    good: async (_: unknown, { output }: HandlerContext) => output("fine"),
  });
  server.onRecord = ({ attempts }) => {
    if (
      JSON.stringify(
        attempts?.map(({ events }) => events?.map(({ event }) => event?.value)),
      ).includes("too much")
    )
      throw new QTasksError("TOO_MANY_EVENTS", "a task keeps at most 0 outputs");
  };
  const bad = server.push({ name: "bad" });
  const good = server.push({ name: "good" });
  const { kind, eventCount } = await server.outcome(bad);
  assert.ok(kind.case === "failure");
  assert.equal(kind.value.type, "qtasks.OutputRefused");
  assert.equal(eventCount, 0n);
  assert.equal((await server.outcome(good)).kind.case, "success");
  assert.deepEqual(outputs(server.eventsOf(good)), ["fine"]);
});

test("an output that nobody awaits does not end the process when it comes too late, and fails the attempt when it is no JSON", async (t) => {
  let late: Promise<void> | undefined;
  const { server } = await setup(t, {
    late: async (_: unknown, { output, signal }: HandlerContext) => {
      await aborted(signal);
      // The runner fails a test whose process has a rejection that nobody handles.
      late = output("too late");
    },
    function: (_: unknown, { output }: HandlerContext) => void output(() => 1),
  });
  const id = server.push({ name: "late", attemptTtl: toDuration(60) });
  assert.equal(failureOf(await server.outcome(id)).kind, FailureKind.ATTEMPT_TIMEOUT);
  await nextTurn();
  await assert.rejects(late!, { name: "AttemptAbortedError" });
  const refused = failureOf(await server.outcome(server.push({ name: "function" })));
  assert.match(refused.message, /can't be JSON: a function/);
});

test("where the server lost events: logs are let go, outputs fail the attempt", async (t) => {
  const { server } = await setup(t, {
    logs: (_: unknown, { logger }: HandlerContext) => logger.info("gone"),
    outputs: async (_: unknown, { output }: HandlerContext) => output("gone"),
  });
  server.judge = ({ eventCount }) =>
    eventCount > 0n
      ? { verdict: OutcomeVerdict.REFUSED, error: { reason: "EVENTS_MISSING" } }
      : { verdict: OutcomeVerdict.RECORDED };
  const ids = ["logs", "outputs"].map((name) => server.push({ name }));
  await server.until(() => server.outcomes.length === 4);
  const last = (id: string) =>
    server.outcomes.findLast(({ leaseToken }) => Buffer.compare(leaseToken, bytes(id)) === 0)!;
  assert.equal(last(ids[0]!).kind.case, "success");
  const { kind } = last(ids[1]!);
  assert.ok(kind.case === "failure");
  assert.equal(kind.value.type, "qtasks.EventsLost");
});

test("a checkpoint goes with the next heartbeat and with the outcome, and comes back", async (t) => {
  const { server } = await setup(t, {
    save: async (_: unknown, context: HandlerContext) => {
      assert.equal(context.checkpoint(), undefined);
      context.saveCheckpoint({ at: 7 });
      assert.deepEqual(context.checkpoint(), { at: 7 });
      await server.until(() => sent().length > 0);
      throw new Error("next attempt, please");
    },
    resume: (_: unknown, { checkpoint }: HandlerContext) => checkpoint<{ at: number }>()?.at,
    large: (_: unknown, { saveCheckpoint }: HandlerContext) => saveCheckpoint("x".repeat(70_000)),
  });
  const sent = () =>
    server.heartbeats.flatMap(({ renewals }) => renewals ?? []).flatMap((r) => r.checkpoint ?? []);
  const saved = await server.outcome(server.push({ name: "save" }));
  assert.equal(saved.checkpoint?.body.value, '{"at":7}');
  assert.equal(sent().length, 1);
  const checkpoint = saved.checkpoint;
  const resumed = await server.outcome(server.push({ name: "resume", checkpoint }));
  assert.ok(resumed.kind.case === "success" && resumed.kind.value.result?.body.value === "7");
  const large = await server.outcome(server.push({ name: "large" }));
  assert.ok(large.kind.case === "failure" && large.kind.value.type === "RangeError");
});
