import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { create } from "@bufbuild/protobuf";
import {
  FailureKind,
  FailureSchema,
  TaskSchema,
  type Payload,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  ListTasksResponseSchema,
  RunTaskRequestSchema,
  TaskService,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { ReportOutcomesRequestSchema } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { ServiceCalls } from "../../src/core/calls.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { fromPayload, messageOf, toPayload } from "../../src/core/payload.ts";
import { codedCalls } from "../../src/plugins/coded-calls.ts";
import { PayloadMappers } from "../../src/plugins/map-payloads.ts";
import type { Plugin, QueueTasksOptions } from "../../src/index.ts";
import { EchoRequestSchema } from "../gen/conformance/v1/conformance_pb.ts";
import { memoryApp } from "../app/memory-app.ts";

type Tasks = ServiceCalls<typeof TaskService>;
type Change = (text: string) => string;

const AS_IT_IS: Change = (text) => text;

function changed(payload: Payload, change: Change): Payload {
  const value = change(payload.body.value as string);
  return { ...payload, body: { case: "text", value } };
}

/** A codec of texts. */
function textCodec(encode: Change, decode: Change): Plugin {
  return {
    name: "text-codec",
    install: ({ hook }) => {
      hook("app.encode", ({ payload }) => ({ payload: changed(payload, encode) }));
      hook("app.decode", ({ payload }) => ({ payload: changed(payload, decode) }));
    },
  };
}

function codedApp(t: TestContext, codec: Plugin, options: QueueTasksOptions = {}) {
  return memoryApp(t, options).use(codec);
}

test("payloads are found wherever a message has them, and nothing else is touched", () => {
  const seen: string[] = [];
  const map = (payload: Payload): Payload => {
    seen.push(payload.body.value as string);
    return toPayload(seen.length);
  };
  const mappers = new PayloadMappers();
  const failure = create(FailureSchema, {
    message: "m",
    details: toPayload("outer"),
    cause: { details: toPayload("inner") },
  });
  const outcomes = create(ReportOutcomesRequestSchema, {
    sessionId: "s",
    outcomes: [
      { kind: { case: "success", value: { result: toPayload("result") } } },
      { kind: { case: "failure", value: failure }, checkpoint: toPayload("checkpoint") },
      { kind: { case: "release", value: { reason: "r" } } },
    ],
  });
  const before = structuredClone(outcomes);
  const mapped = mappers.of(ReportOutcomesRequestSchema)!(outcomes, map);
  assert.deepEqual(seen, ['"result"', '"outer"', '"inner"', '"checkpoint"']);
  assert.deepEqual(outcomes, before, "the message itself stays");
  const [first, second, third] = (mapped as unknown as typeof outcomes).outcomes;
  assert.deepEqual(first?.kind.value, {
    ...outcomes.outcomes[0]!.kind.value!,
    result: toPayload(1),
  });
  assert.equal(second?.checkpoint?.body.value, "4");
  assert.equal(third?.kind.case, "release");
  const listed = create(ListTasksResponseSchema, { tasks: [create(TaskSchema, { taskId: "1" })] });
  const list = mappers.of(ListTasksResponseSchema)!(listed, map);
  assert.deepEqual(list, listed);
  assert.equal(seen.length, 4);
  assert.equal(mappers.of(EchoRequestSchema), undefined, "of a message without payloads");
});

test("a payload is encoded once, however often its request is sent", async () => {
  const sent: unknown[] = [];
  const calls = {
    runTask: async (request: { enqueue: { spec: { payload: Payload } } }) => {
      sent.push(request.enqueue.spec.payload.body.value);
      return {};
    },
  } as unknown as Tasks;
  let count = 0;
  const encode = () => toPayload(++count);
  const coded = codedCalls(TaskService, calls, { encode, decode: (payload) => payload });
  const request = create(RunTaskRequestSchema, {
    enqueue: { spec: { name: "a", payload: toPayload("x") } },
  });
  await coded.runTask(request);
  await coded.runTask(request);
  assert.deepEqual(sent, ["1", "1"]);
  assert.equal(request.enqueue?.spec?.payload?.body.value, '"x"');
});

test("a payload that a program hands in again with another value is another one", async (t) => {
  const app = codedApp(
    t,
    textCodec(
      (text) => `coded ${text}`,
      (text) => text.replace("coded ", ""),
    ),
  );
  app.task("echo", (value: unknown) => value);
  await app.start({ server: false });
  const client = await app.client();
  const payload = toPayload(1);
  assert.equal(await client.run("echo", payload), 1);
  payload.body = { case: "text", value: "2" };
  assert.equal(await client.run("echo", payload), 2);
  payload.body.value = "3";
  assert.equal(await client.run("echo", payload), 3);
});

test("what can't be decoded costs its own reader alone, who gets the codec's error", async (t) => {
  const app = codedApp(
    t,
    textCodec(AS_IT_IS, (text) => {
      if (text === '"bad"') throw new QTasksError("MESSAGE_MALFORMED", "payload: bad", {});
      if (text === '"worse"') throw new TypeError("broken");
      return text;
    }),
  );
  app.task("echo", (value: string) => value);
  await app.start({ server: false });
  const client = await app.client();
  const [good, bad, worse] = ["good", "bad", "worse"].map((word) => client.enqueue("echo", word));
  assert.equal(await (await good!).result(), "good");
  for (const [handle, message] of [
    [bad, /payload: bad/],
    [worse, /decoded: broken/],
  ] as const) {
    const task = await (await handle!).done();
    assert.equal(task.failure?.kind, FailureKind.REJECTED);
    assert.equal(task.failure.type, "qtasks.PayloadUndecodable");
    assert.match(task.failure.message, message);
    assert.equal(task.attemptCount, 1);
    const whole = await (await handle!).get();
    assert.throws(() => fromPayload(whole.spec?.payload), { reason: "MESSAGE_MALFORMED", message });
    assert.throws(() => messageOf(EchoRequestSchema, whole.spec?.payload), { message });
  }
  const listed = [];
  for await (const task of client.list({}, { view: 3 }))
    listed.push(task.spec?.payload?.body.value);
  assert.deepEqual(listed.map(String).toSorted(), ['"bad"', '"good"', '"worse"']);
});

test("what can't be encoded fails its enqueue, or its attempt, and is not sent again and again", async (t) => {
  let count = 0;
  const app = codedApp(
    t,
    textCodec((text) => {
      if (!text.includes("bad")) return text;
      count++;
      throw new Error("no key");
    }, AS_IT_IS),
  );
  const result = app.task("result", () => "bad");
  const output = app.task("output", async function* () {
    yield "bad";
  });
  const good = app.task("good", (value: string) => value);
  await app.start({ server: false });
  await assert.rejects(good.enqueue("bad"), { message: /can't be encoded: no key/ });
  const handles = [await result.enqueue(), await output.enqueue(), await good.enqueue("fine")];
  const ended = await Promise.all(handles.map((handle) => handle.done()));
  assert.deepEqual(
    ended.map(({ failure }) => failure?.type),
    ["qtasks.OutcomeRefused", "qtasks.OutputRefused", undefined],
  );
  assert.match(ended[0]!.failure!.message, /can't be encoded: no key/);
  assert.ok(count < 10, `${count} times`);
});

test("what can't be encoded fails its own enqueue alone, of all that are sent together", async (t) => {
  const refuse = (text: string): string => {
    if (text.includes("bad")) throw new Error("no key");
    return text;
  };
  const app = codedApp(t, textCodec(refuse, AS_IT_IS));
  const task = app.task("t", (value: string) => value);
  await app.start({ server: false });
  const inputs = ["1", "2", "bad", "4", "bad", "6", "7"];
  const ends = await Promise.allSettled(inputs.map((input) => task.enqueue(input)));
  for (const [at, end] of ends.entries()) {
    if (end.status === "fulfilled") assert.equal(await end.value.result(), inputs[at]);
    else assert.match((end.reason as Error).message, /can't be encoded: no key/);
  }
  const kept = inputs.filter((_, at) => ends[at]!.status === "fulfilled");
  assert.deepEqual(kept, ["1", "2", "4", "6", "7"]);
});

test("a checkpoint that is refused, as its codec made it too large, costs no lease", async (t) => {
  const app = codedApp(
    t,
    textCodec((text) => text.padEnd(70_000), AS_IT_IS),
    {
      timings: {
        heartbeatIntervalMs: 30,
        leaseMs: 300,
        deliveryTimeoutMs: 300,
        sweepIntervalMs: 50,
      },
    },
  );
  const saves = app.task("saves", async (_: undefined, { saveCheckpoint, attempt }) => {
    saveCheckpoint("small");
    await sleep(1_000);
    return attempt;
  });
  await app.start({ server: false });
  const handle = await saves.enqueue();
  assert.equal(await handle.result(), 1);
  assert.equal((await handle.get()).lostLeaseCount, 0);
});

test("nor does it change how its attempt ended: the next one begins without", async (t) => {
  const app = codedApp(
    t,
    textCodec((text) => (text === '"large"' ? text.padEnd(70_000) : text), AS_IT_IS),
  );
  const task = app.task(
    { name: "fails", retry: { maxAttempts: 2, initialBackoffMs: 1 } },
    (_: undefined, { saveCheckpoint, checkpoint, attempt, previousFailure }) => {
      if (attempt === 2) return [checkpoint() ?? "none", previousFailure?.message];
      saveCheckpoint("large");
      throw new Error("once");
    },
  );
  await app.start({ server: false });
  assert.deepEqual(await task.run(undefined), ["none", "once"]);
});

test("streams and the requests of handlers are coded too", async (t) => {
  const reversed: Change = (text) => text.split("").toReversed().join("");
  const app = codedApp(t, textCodec(reversed, reversed));
  const child = app.task("child", (value: string) => `${value}!`);
  const parent = app.task("parent", async function* (value: string, { enqueue }) {
    yield `${value}, output`;
    return (await enqueue("child", "of a handler")).taskId;
  });
  await app.start({ server: false });
  const handle = await parent.enqueue("x");
  const outputs = [];
  for await (const output of handle.outputs()) outputs.push(output);
  assert.deepEqual(outputs, ["x, output"]);
  const client = await app.client();
  assert.equal(await client.handle(await handle.result()).result(), "of a handler!");
  assert.equal(await child.run("a"), "a!");
  const { value: first } = await handle.events().next();
  assert.ok(first?.event.case === "output");
  assert.equal(fromPayload(first.event.value), "x, output");
});
