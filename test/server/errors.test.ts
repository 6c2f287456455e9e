import assert from "node:assert/strict";
import { test } from "node:test";

import { fromBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";

import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "../../gen/google/rpc/error_details_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { QTasksError, REASONS, fieldErrors, type Reason } from "../../src/core/errors.ts";
import { STATUS_CODES } from "../../src/core/status-code.ts";
import { MAX_STATUS_BYTES, statusBytes, wireStatus } from "../../src/server/status.ts";
import { allOf, failureOf, httpClients, seenByConnect } from "./callers.ts";
import { call, grpcClient, seenByGrpc, startToy, type SeenError } from "./toy.ts";

const HIDDEN = "the password is hunter2";

/** Throws what the task id names. */
function thrownFor(taskId: string): unknown {
  if (taskId === "bug") return new TypeError(HIDDEN);
  if (taskId === "not an error") return HIDDEN;
  if (taskId === "fields") {
    return fieldErrors([
      { field: "spec.name", description: 'expected a name, got ""' },
      { field: "spec.options.priority", description: "expected -100 to 100, got 101" },
    ]);
  }
  return new QTasksError(taskId as Reason, `what ${taskId} means: ünïcode, "quotes", 50 %`, {
    metadata: { task_id: taskId },
    retryAfterMs: 1500,
  });
}

function detail<D extends DescMessage>(seen: SeenError, schema: D): MessageShape<D> | undefined {
  const found = seen.details.find(({ type }) => type === schema.typeName);
  return found && fromBinary(schema, Buffer.from(found.value, "base64"));
}

test("every error is the same for every protocol on both listeners", async (t) => {
  const toy = await startToy(t, {
    getTask: async ({ taskId }) => {
      throw thrownFor(taskId);
    },
    async *watchTask({ taskId }) {
      yield { event: { case: "heartbeat", value: {} } };
      throw thrownFor(taskId);
    },
  });
  const client = grpcClient(t, toy.grpcAddress);
  const others = Object.entries(httpClients(toy.httpUrl));
  const reasons = Object.keys(REASONS).filter((reason) => reason !== "INTERNAL");
  for (const taskId of ["fields", ...reasons]) {
    const { error } = await call(client, TaskService.method.getTask, { taskId }).ended;
    const expected = seenByGrpc(error);
    const reason = taskId === "fields" ? "FIELD_VIOLATION" : (taskId as Reason);
    assert.equal(expected.code, STATUS_CODES[REASONS[reason]]);
    assert.equal(expected.reason, reason);
    assert.equal(detail(expected, ErrorInfoSchema)?.domain, "qtasks");
    for (const [protocol, other] of others) {
      const unary = seenByConnect(await failureOf(other.getTask({ taskId })));
      assert.deepEqual(unary, expected, `${taskId} by ${protocol}`);
      const streamed = await failureOf(allOf(other.watchTask({ taskId })));
      assert.deepEqual(seenByConnect(streamed), expected, `${taskId} streamed by ${protocol}`);
    }
  }
});

test("fields, retry delay and metadata travel as google.rpc details", async (t) => {
  const toy = await startToy(t, {
    getTask: async ({ taskId }) => {
      throw thrownFor(taskId);
    },
  });
  const client = grpcClient(t, toy.grpcAddress);
  const fields = await call(client, TaskService.method.getTask, { taskId: "fields" }).ended;
  const badRequest = detail(seenByGrpc(fields.error), BadRequestSchema);
  assert.deepEqual(
    badRequest?.fieldViolations.map(({ field }) => field),
    ["spec.name", "spec.options.priority"],
  );
  const busy = await call(client, TaskService.method.getTask, { taskId: "QUEUE_FULL" }).ended;
  const seen = seenByGrpc(busy.error);
  assert.deepEqual(detail(seen, ErrorInfoSchema)?.metadata, { task_id: "QUEUE_FULL" });
  const delay = detail(seen, RetryInfoSchema)?.retryDelay;
  assert.deepEqual([delay?.seconds, delay?.nanos], [1n, 500_000_000]);
});

test("an unexpected error is hidden and logged under the id that the caller gets", async (t) => {
  const toy = await startToy(t, {
    getTask: async ({ taskId }) => {
      throw thrownFor(taskId);
    },
  });
  const client = grpcClient(t, toy.grpcAddress);
  const attempts: (() => Promise<SeenError>)[] = [
    async () => {
      const { error } = await call(client, TaskService.method.getTask, { taskId: "bug" }).ended;
      return seenByGrpc(error);
    },
    ...Object.values(httpClients(toy.httpUrl)).map((other) => async () => {
      return seenByConnect(await failureOf(other.getTask({ taskId: "not an error" })));
    }),
  ];
  for (const attempt of attempts) {
    toy.log.records.length = 0;
    const seen = await attempt();
    assert.equal(seen.code, STATUS_CODES.INTERNAL);
    assert.equal(seen.reason, "INTERNAL");
    assert.doesNotMatch(JSON.stringify(seen), /hunter2/);
    const errorId = detail(seen, ErrorInfoSchema)?.metadata["error_id"];
    assert.ok(errorId !== undefined && seen.message.includes(errorId));
    const logged = toy.log.records.filter((record) => record["errorId"] === errorId);
    assert.equal(logged.length, 1);
    assert.match(JSON.stringify(logged), /hunter2/);
  }
});

test("what is too large for metadata is left out, and the status still arrives", async (t) => {
  const many = Array.from({ length: 1000 }, (_, index) => ({
    field: `requests[${index}].spec.name`,
    description: `expected printable ASCII, got ${"ü".repeat(300)}\ud800`,
  }));
  const toy = await startToy(t, {
    getTask: async () => {
      throw fieldErrors(many);
    },
    cancelTask: async () => {
      throw new QTasksError("QUEUE_FULL", "full", { metadata: { list: "x".repeat(10_000) } });
    },
  });
  const client = grpcClient(t, toy.grpcAddress);
  const { error } = await call(client, TaskService.method.getTask, {}).ended;
  const seen = seenByGrpc(error);
  assert.equal(seen.reason, "FIELD_VIOLATION");
  const kept = detail(seen, BadRequestSchema)?.fieldViolations ?? [];
  assert.ok(kept.length > 1 && kept.length < 1000);
  assert.equal(kept[0]?.field, "requests[0].spec.name");
  assert.ok(statusBytes(wireStatus(fieldErrors(many))).length <= MAX_STATUS_BYTES);
  const full = await call(client, TaskService.method.cancelTask, {}).ended;
  assert.equal(detail(seenByGrpc(full.error), ErrorInfoSchema)?.reason, "QUEUE_FULL");
  for (const other of Object.values(httpClients(toy.httpUrl))) {
    assert.deepEqual(seenByConnect(await failureOf(other.getTask({}))), seen);
  }
});
