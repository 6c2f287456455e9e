/** A method of a user's service, called by a stock stub: the task behind it, and when the caller hears of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { status as Code } from "@grpc/grpc-js";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { ConformanceTasks } from "../../gen/conformance/v1/conformance_pb.ts";
import { callTo, calling, gate, serve } from "./setup.ts";

const { echo, count, wait, upload, missing } = ConformanceTasks.method;

describe("durable calls", () => {
  it("run a task and answer with its result", async (t) => {
    const { grpc, tasks } = await serve(t, {
      echo: ({ text }, { taskId }) => ({ text, metadata: { id: taskId } }),
    });
    const seen = await callTo(grpc, echo, { text: "hällo" });
    assert.equal(seen.code, Code.OK);
    assert.equal(seen.messages[0]!.text, "hällo");
    const taskId = seen.trailers["qtasks-task-id"]!;
    assert.deepEqual(seen.headers!.get("qtasks-task-id"), [taskId]);
    assert.equal(seen.messages[0]!.metadata["id"], taskId);
    assert.equal(seen.trailers["qtasks-task-state"], "succeeded");
    const task = await tasks.get(taskId);
    assert.equal(task.state, TaskState.SUCCEEDED);
    assert.equal(task.spec!.name, "conformance.v1.ConformanceTasks/Echo");
    assert.equal(task.spec!.payload!.schema, "conformance.v1.EchoRequest");
  });

  it("carry messages without a byte", async (t) => {
    const { grpc } = await serve(t, { echo: () => ({}) });
    const seen = await callTo(grpc, echo, {});
    assert.equal(seen.code, Code.OK);
    assert.deepEqual(seen.messages, [{ ...seen.messages[0]!, text: "" }]);
  });

  it("without an id send headers as soon as the task is durable", async (t) => {
    const { opened, open } = gate();
    const { grpc, tasks } = await serve(t, { wait: () => opened.then(() => ({})) });
    const { headers, seen } = calling(grpc, wait, {});
    const taskId = String((await headers).get("qtasks-task-id")[0]);
    assert.ok((await tasks.get(taskId)).endTime === undefined);
    open();
    assert.equal((await seen).trailers["qtasks-task-id"], taskId);
  });

  it("with an id hold them back until the outcome, and join", async (t) => {
    const { opened, open } = gate();
    let runs = 0;
    const { grpc } = await serve(t, { wait: () => (runs++, opened.then(() => ({ attempt: 7 }))) });
    const metadata = { "qtasks-task-id": "mine" };
    const first = calling(grpc, wait, {}, { metadata });
    const second = calling(grpc, wait, { delayMs: 5 }, { metadata });
    let early = false;
    void first.headers.then(() => (early = true));
    await callTo(grpc, missing, {});
    assert.equal(early, false);
    open();
    for (const { messages, trailers } of await Promise.all([first.seen, second.seen])) {
      assert.equal(messages[0]!.attempt, 7);
      assert.equal(trailers["qtasks-task-id"], "mine");
    }
    const late = await callTo(grpc, wait, {}, { metadata });
    assert.equal(late.messages[0]!.attempt, 7);
    assert.equal(runs, 1);
  });

  it("refuse an id that another method's task has", async (t) => {
    const { grpc } = await serve(t, { echo: () => ({}), wait: () => ({}) });
    const metadata = { "qtasks-task-id": "mine" };
    await callTo(grpc, echo, {}, { metadata });
    const seen = await callTo(grpc, wait, {}, { metadata });
    assert.equal(seen.code, Code.ALREADY_EXISTS);
    assert.equal(seen.trailers["qtasks-reason"], "TASK_ID_EXISTS");
  });

  it("end before the deadline, and the task goes on", async (t) => {
    const { opened, open } = gate();
    const { grpc, tasks } = await serve(t, { wait: () => opened.then(() => ({})) });
    const seen = await callTo(grpc, wait, {}, { timeoutMs: 500 });
    assert.equal(seen.code, Code.DEADLINE_EXCEEDED);
    assert.equal(seen.trailers["qtasks-reason"], "STILL_RUNNING");
    const taskId = String(seen.headers!.get("qtasks-task-id")[0]);
    assert.match(seen.message, new RegExp(taskId));
    open();
    assert.equal((await tasks.handle(taskId).done()).state, TaskState.SUCCEEDED);
  });

  it("leave the task alone when the caller goes away", async (t) => {
    const { opened, open } = gate();
    const { grpc, tasks } = await serve(t, { wait: () => opened.then(() => ({})) });
    const { call, headers } = calling(grpc, wait, {});
    const taskId = String((await headers).get("qtasks-task-id")[0]);
    call.cancel();
    open();
    assert.equal((await tasks.handle(taskId).done()).state, TaskState.SUCCEEDED);
  });

  it("are told by a drain that the server shuts down", async (t) => {
    const { opened, open } = gate();
    const { app, grpc } = await serve(t, { wait: () => opened.then(() => ({})) });
    const named = calling(grpc, wait, {}, { metadata: { "qtasks-task-id": "mine" } });
    const unnamed = calling(grpc, wait, {});
    await unnamed.headers;
    const stopped = app.stop();
    for (const { seen } of [named, unnamed]) {
      const { code, trailers } = await seen;
      assert.equal(code, Code.UNAVAILABLE);
      assert.equal(trailers["qtasks-reason"], "SHUTTING_DOWN");
    }
    // Only without headers does a client's policy repeat the call, which then joins its task.
    assert.equal((await named.seen).headers, undefined);
    open();
    await stopped;
  });

  it("stream what the handler yields, from where the caller wants it", async (t) => {
    const { grpc } = await serve(t, {
      async *count({ count: end }) {
        for (let value = 0; value < end; value++) yield { value };
      },
    });
    const values = async (metadata: Record<string, string>) => {
      const seen = await callTo(grpc, count, { count: 5 }, { metadata });
      assert.equal(seen.code, Code.OK);
      return seen.messages.map(({ value }) => value);
    };
    assert.deepEqual(await values({}), [0, 1, 2, 3, 4]);
    assert.deepEqual(await values({ "qtasks-task-id": "five" }), [0, 1, 2, 3, 4]);
    const rest = { "qtasks-task-id": "five", "qtasks-after-output": "3" };
    assert.deepEqual(await values(rest), [3, 4]);
  });

  it("stream each message when it comes", async (t) => {
    const { opened, open } = gate();
    const { grpc } = await serve(t, {
      async *count() {
        yield { value: 1 };
        await opened;
        yield { value: 2 };
      },
    });
    const { call, seen } = calling(grpc, count, {});
    await new Promise((resolve) => call.once("data", resolve));
    open();
    assert.deepEqual(
      (await seen).messages.map(({ value }) => value),
      [1, 2],
    );
  });

  it("refuse methods that are no tasks", async (t) => {
    const { grpc } = await serve(t, { echo: () => ({}) });
    const streams = await callTo(grpc, upload, {});
    assert.equal(streams.code, Code.UNIMPLEMENTED);
    assert.equal(streams.trailers["qtasks-reason"], "STREAMING_KIND");
    const unknown = await callTo(grpc, missing, {});
    assert.equal(unknown.code, Code.UNIMPLEMENTED);
    assert.equal(unknown.trailers["qtasks-reason"], "METHOD_NOT_FOUND");
  });
});

describe("the metadata of a call", () => {
  it("sets what the task is enqueued with, and the rest reaches the handler", async (t) => {
    const { grpc, tasks } = await serve(t, {
      echo: (_, { headers }) => ({ metadata: { ...headers } }),
    });
    const metadata = {
      "qtasks-queue": "fast",
      "qtasks-priority": "7",
      "qtasks-retention": "3600s",
      "qtasks-unique-key": "only",
      "qtasks-delay": "0.02s",
      "x-trace": "abc",
      authorization: "Bearer secret",
    };
    const called = calling(grpc, echo, {}, { metadata });
    const taskId = String((await called.headers).get("qtasks-task-id")[0]);
    const { spec, scheduleTime, createTime } = await tasks.get(taskId);
    assert.equal(spec!.options!.queue, "fast");
    assert.equal(spec!.options!.priority, 7);
    assert.equal(spec!.options!.retention!.seconds, 3600n);
    assert.equal(spec!.unique!.key, "only");
    const delayMs = (time: typeof createTime) => Number(time!.seconds) * 1e3 + time!.nanos / 1e6;
    assert.equal(delayMs(scheduleTime) - delayMs(createTime), 20);
    assert.deepEqual(spec!.headers, { "x-trace": "abc" });
    called.call.cancel();
  });

  it("is refused where it is wrong, key by key", async (t) => {
    const { grpc } = await serve(t, { echo: () => ({}) });
    const metadata = {
      "qtasks-task-id": "with space",
      "qtasks-priority": "2000",
      "qtasks-retention": "1h",
      "qtasks-color": "red",
    };
    for (const [key, value] of Object.entries(metadata)) {
      const seen = await callTo(grpc, echo, {}, { metadata: { [key]: value } });
      assert.equal(seen.code, Code.INVALID_ARGUMENT, key);
      assert.equal(seen.headers, undefined);
      assert.match(seen.message, new RegExp(`^${key}: `));
    }
  });

  it("joins another call by a unique key", async (t) => {
    const { opened, open } = gate();
    const { grpc } = await serve(t, { wait: () => opened.then(() => ({ attempt: 3 })) });
    const metadata = { "qtasks-unique-key": "only" };
    const first = calling(grpc, wait, {}, { metadata });
    const second = calling(grpc, wait, {}, { metadata });
    const ids = (await Promise.all([first.headers, second.headers])).map(
      (headers) => headers.get("qtasks-task-id")[0],
    );
    assert.equal(ids[0], ids[1]);
    open();
    assert.equal((await second.seen).messages[0]!.attempt, 3);
  });

  it("refuses a message over the limit, and names it", async (t) => {
    const { grpc } = await serve(t, { echo: () => ({}) });
    const seen = await callTo(grpc, echo, { text: "x".repeat((1 << 20) + 1) });
    assert.equal(seen.code, Code.RESOURCE_EXHAUSTED);
    assert.equal(seen.trailers["qtasks-reason"], "PAYLOAD_TOO_LARGE");
    assert.match(seen.message, /^message: at most 1048576 bytes/);
  });
});
