/** What the server must show after a client has played a scenario; the client has checked what it got by itself. */
import assert from "node:assert/strict";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { Facts } from "./actors.ts";
import type { Service } from "./server.ts";

export const METHODS = "conformance.v1.ConformanceTasks";

/** Scenarios by name, in the order of the table's columns. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  json: {
    title: "JSON task",
    verify: async (service, { task_id: id }) => {
      const { spec, state, result } = await service.get(String(id));
      assert.equal(spec!.name, "conformance.echo");
      assert.equal(state, TaskState.SUCCEEDED);
      const sent = { text: "hällo", n: 1.5, none: null };
      assert.deepEqual(JSON.parse(String(spec!.payload!.body.value)), sent);
      assert.deepEqual(JSON.parse(String(result!.body.value)), sent);
    },
  },
  typed: {
    title: "typed task",
    verify: async (service, { task_id: id }) => {
      const { spec, state, result } = await service.get(String(id));
      assert.equal(spec!.name, `${METHODS}/Echo`);
      assert.equal(spec!.payload!.schema, "conformance.v1.EchoRequest");
      assert.equal(state, TaskState.SUCCEEDED);
      assert.equal(result!.schema, "conformance.v1.EchoResponse");
    },
  },
  call: {
    title: "durable call",
    verify: async (service, { task_id: id, state: told }) => {
      assert.equal(told, "succeeded");
      const { spec, state } = await service.get(String(id));
      assert.equal(spec!.name, `${METHODS}/Echo`);
      assert.equal(state, TaskState.SUCCEEDED);
      assert.equal(spec!.headers["x-conformance"], "yes");
    },
  },
  stream: {
    title: "streaming",
    verify: async (service, { task_id: id }) => {
      const outputs = [];
      for await (const event of service.tasks.handle(String(id)).events())
        if (event.event.case === "output") outputs.push(Number(event.event.value.body.value));
      assert.deepEqual(outputs, [0, 1, 2, 3, 4]);
    },
  },
  failure: {
    title: "failure",
    verify: async (service, { task_id: id, json_task_id: jsonId }) => {
      const typed = await service.get(String(id));
      assert.equal(typed.state, TaskState.FAILED);
      assert.equal(typed.failure!.code, 5);
      assert.equal(typed.failure!.type, "grpc.NOT_FOUND");
      assert.equal(typed.failure!.details!.schema, "google.rpc.Status");
      assert.equal(typed.attempts.length, 1, "NOT_FOUND is final");
      assert.equal(typed.spec!.options!.labels["suite"], "conformance", "by the method's options");
      const json = await service.get(String(jsonId));
      assert.equal(json.state, TaskState.FAILED);
      assert.equal(json.failure!.type, "conformance.Gone");
      assert.equal(json.failure!.code, 5);
    },
  },
  cancel: {
    title: "cancel",
    verify: async (service, { task_id: id, typed_task_id: typedId }) => {
      for (const each of [id, typedId]) {
        const task = await service.get(String(each));
        assert.equal(task.state, TaskState.CANCELED);
        assert.equal(task.cancelReason, "enough");
        assert.notEqual(task.startTime, undefined, "while it ran");
      }
    },
  },
  gather: {
    title: "gather 1,000",
    verify: async (_, { count }) => assert.equal(count, 1_000),
  },
};

export interface Scenario {
  /** The column's head. */
  readonly title: string;
  verify(service: Service, facts: Facts): Promise<void>;
}
