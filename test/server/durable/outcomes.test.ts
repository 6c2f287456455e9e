/** How a task's end looks to its caller: codes, details, retries that the server decides on. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { Code as ConnectCode, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import * as grpcJs from "@grpc/grpc-js";
import { status as Code } from "@grpc/grpc-js";
import { pino } from "pino";
import { ErrorInfoSchema, RetryInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import { ConformanceTasks, FailRequestSchema } from "../../gen/conformance/v1/conformance_pb.ts";
import { QueueTasks } from "../../../src/app.ts";
import { TerminalError } from "../../../src/worker/errors.ts";
import { grpcClient } from "../toy.ts";
import { callTo, calling, serve, type Handlers, type Scene } from "./setup.ts";

const { echo, fail, wait, missing } = ConformanceTasks.method;
const FAIL = "conformance.v1.ConformanceTasks/Fail";

/** A worker of its own beside the server's. */
async function join(t: TestContext, { app }: Scene, handlers: Handlers): Promise<void> {
  const worker = new QueueTasks({ server: app.grpcAddress!, logger: pino({ level: "silent" }) });
  worker.service(ConformanceTasks, handlers);
  await worker.start();
  t.after(() => worker.stop());
}

describe("the outcome of a durable call", () => {
  it("has the code, message and details of its handler, after headers", async (t) => {
    const { grpc } = await serve(t, {
      fail: ({ code, message, reason }) => {
        const details = [{ desc: ErrorInfoSchema, value: { reason, domain: "conformance" } }];
        throw new ConnectError(message, code, undefined, details);
      },
    });
    const calls: Record<string, string>[] = [{}, { "qtasks-task-id": "mine" }];
    for (const metadata of calls) {
      const request = { code: Code.NOT_FOUND, message: "no such thing: ü", reason: "GONE" };
      const seen = await callTo(grpc, fail, request, { metadata });
      assert.equal(seen.code, Code.NOT_FOUND);
      assert.equal(seen.message, "no such thing: ü");
      assert.equal(seen.trailers["qtasks-task-state"], "failed");
      assert.ok(seen.headers, "trailers only would let a client repeat it");
      assert.equal(anyUnpack(seen.status!.details[0]!, ErrorInfoSchema)!.reason, "GONE");
    }
  });

  it("is the handler's also where grpc-js has a status of the same code", async (t) => {
    const { grpc } = await serve(t, {
      fail: ({ code, message }) => {
        throw new ConnectError(message, code);
      },
    });
    for (const code of [Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED]) {
      const seen = await callTo(grpc, fail, { code, message: "my own" });
      assert.equal(seen.code, code);
      assert.equal(seen.message, "my own");
      assert.equal(seen.trailers["qtasks-task-state"], "failed");
    }
  });

  it("is UNKNOWN for an error that has no code", async (t) => {
    const { grpc } = await serve(t, {
      wait: () => {
        throw new TerminalError("broken");
      },
    });
    const seen = await callTo(grpc, wait, {});
    assert.equal(seen.code, Code.UNKNOWN);
    assert.equal(seen.message, "broken");
  });

  it("is CANCELLED for a task that was canceled", async (t) => {
    const { grpc, tasks } = await serve(t, {
      wait: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    });
    const { headers, seen } = calling(grpc, wait, {});
    const taskId = String((await headers).get("qtasks-task-id")[0]);
    await tasks.handle(taskId).cancel({ reason: "enough" });
    assert.equal((await seen).code, Code.CANCELLED);
    assert.equal((await seen).trailers["qtasks-task-state"], "canceled");
    assert.equal((await seen).message, "enough");
  });

  it("is one task where the stub has a retry policy and the handler fails UNAVAILABLE", async (t) => {
    let runs = 0;
    const { app, tasks } = await serve(t, {
      fail: ({ code, message }) => {
        runs++;
        throw new ConnectError(message, code);
      },
    });
    const retryPolicy = {
      maxAttempts: 4,
      initialBackoff: "0.01s",
      maxBackoff: "0.1s",
      backoffMultiplier: 2,
      retryableStatusCodes: ["UNAVAILABLE"],
    };
    const config = { methodConfig: [{ name: [{}], retryPolicy }], loadBalancingConfig: [] };
    const client = grpcClient(t, app.grpcAddress!, {
      "grpc.service_config": JSON.stringify(config),
    });
    const bytes = toBinary(
      FailRequestSchema,
      create(FailRequestSchema, { code: Code.UNAVAILABLE, message: "later" }),
    );
    const same = (message: Buffer) => message;
    for (const id of ["", "mine"]) {
      const metadata = new grpcJs.Metadata();
      if (id !== "") metadata.set("qtasks-task-id", id);
      const error = await new Promise<grpcJs.ServiceError | null>((resolve) =>
        client.makeUnaryRequest(`/${FAIL}`, same, same, Buffer.from(bytes), metadata, resolve),
      );
      assert.equal(error?.code, Code.UNAVAILABLE);
    }
    const found = await tasks.listPage({ names: [FAIL] });
    assert.equal(found.tasks.length, 2);
    // The policy of the method's own options: two attempts each.
    assert.equal(runs, 4);
  });

  it("leaves out details that are too large, and says so", async (t) => {
    const { grpc } = await serve(t, {
      echo: () => {
        const value = { reason: "R".repeat(5_000), domain: "conformance" };
        const details = [{ desc: ErrorInfoSchema, value }];
        throw new ConnectError("gone", ConnectCode.NotFound, undefined, details);
      },
    });
    const seen = await callTo(grpc, echo, {});
    assert.equal(seen.code, Code.NOT_FOUND);
    assert.match(seen.message, /^gone \(details dropped: too large\)/);
    assert.equal(seen.status, undefined);
  });

  it("is INTERNAL where a worker gave something else than the method's message", async (t) => {
    const { app, grpc } = await serve(t, { fail: () => ({}) });
    const definitions = [
      {
        name: `${ConformanceTasks.typeName}/Echo`,
        inputSchema: "conformance.v1.EchoRequest",
        outputSchema: "conformance.v1.EchoResponse",
      },
    ];
    const calls = createClient(
      WorkerService,
      createGrpcTransport({ baseUrl: `http://${app.httpAddress}` }),
    );
    const sessionId = "one";
    await calls.registerWorker({ sessionId, workerId: "odd", slots: 1, definitions });
    const { seen } = calling(grpc, echo, {});
    const { tasks } = await calls.pollTasks({ sessionId, maxTasks: 1, wait: { seconds: 5n } });
    const result = { body: { case: "text" as const, value: "{}" } };
    const kind = { case: "success" as const, value: { result } };
    await calls.reportOutcomes({
      sessionId,
      outcomes: [{ leaseToken: tasks[0]!.leaseToken, kind }],
    });
    assert.equal((await seen).code, Code.INTERNAL);
    assert.equal((await seen).trailers["qtasks-reason"], "RESULT_MISMATCH");
    assert.match((await seen).message, /EchoResponse; its worker gave JSON/);
  });

  it("comes after the delay that RetryInfo asks for", async (t) => {
    let startedAt = 0;
    const delays: number[] = [];
    const { grpc } = await serve(t, {
      echo: (_, { attempt }) => {
        if (attempt > 1) delays.push(Date.now() - startedAt);
        if (attempt > 1) return { text: "at last" };
        startedAt = Date.now();
        const value = { retryDelay: { seconds: 0n, nanos: 120_000_000 } };
        const details = [{ desc: RetryInfoSchema, value }];
        throw new ConnectError("busy", ConnectCode.Unavailable, undefined, details);
      },
    });
    const seen = await callTo(grpc, echo, {});
    assert.equal(seen.messages[0]!.text, "at last");
    // The policy alone would wait a second.
    assert.ok(delays[0]! >= 115 && delays[0]! < 800, `${delays[0]} ms`);
  });

  it("comes as the policy says where RetryInfo asks for what is no delay", async (t) => {
    const { grpc } = await serve(t, {
      fail: ({ message }) => {
        const value = { retryDelay: { seconds: BigInt(message) } };
        const details = [{ desc: RetryInfoSchema, value }];
        throw new ConnectError("busy", ConnectCode.Unavailable, undefined, details);
      },
    });
    const messages = ["-5", "315000000000", "9000000000000000"];
    const calls = messages.map((message) => callTo(grpc, fail, { message }));
    for (const seen of await Promise.all(calls)) assert.equal(seen.message, "busy");
  });
});

describe("a worker without a method that it registered", () => {
  const unimplemented = () => {
    throw new ConnectError("left out", ConnectCode.Unimplemented);
  };

  it("gives the task to one that has it", async (t) => {
    const scene = await serve(t, { echo: unimplemented });
    await join(t, scene, { echo: ({ text }) => ({ text }) });
    const ids: string[] = [];
    for (let round = 0; round < 4; round++) {
      const seen = await callTo(scene.grpc, echo, { text: "here" });
      assert.equal(seen.messages[0]!.text, "here");
      ids.push(seen.trailers["qtasks-task-id"]!);
    }
    const tasks = await Promise.all(ids.map((id) => scene.tasks.get(id)));
    const attempts = tasks.map((task) => task.attempts.length);
    assert.ok(Math.max(...attempts.slice(1)) <= 2);
    assert.ok(attempts.filter((count) => count === 2).length <= 1, "asked once, then no more");
    for (const task of tasks) assert.equal(task.attemptCount, 1, "uncounted");
  });

  it("fails it where there is no other", async (t) => {
    const { grpc, tasks } = await serve(t, { missing: unimplemented });
    const seen = await callTo(grpc, missing, {});
    assert.equal(seen.code, Code.UNIMPLEMENTED);
    assert.equal(seen.message, "left out");
    const task = await tasks.get(seen.trailers["qtasks-task-id"]!);
    assert.equal(task.state, TaskState.FAILED);
    assert.equal(task.attempts.length, 1);
  });
});
