/** What clients play, in Node and in browsers. Each checks what it gets and gives the facts that it found. */
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import {
  ConformanceTasks,
  EchoResponseSchema,
} from "../../../test/gen/conformance/v1/conformance_pb.ts";
import type { TaskClient, TaskFailedError, TaskHandle } from "../web/index.ts";
import { expect } from "./expect.ts";
import type { Stub } from "./stub.ts";

/** What a scenario is played with. */
export interface Kit {
  readonly client: TaskClient;
  readonly stub: Stub;
}

export type Scenario = (kit: Kit) => Promise<object>;

const CODE_NOT_FOUND = 5;
const GATHERED = 1_000;

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  json: async ({ client }) => {
    const input = { text: "hällo", n: 1.5, none: null };
    const handle = await client.enqueue("conformance.echo", input);
    expect("the echo", await handle.result(), input);
    expect("the sum", await client.run("conformance.sum", { x: 1, y: 2 }), 3);
    return { task_id: handle.id };
  },

  typed: async ({ client }) => {
    const { id } = await client.enqueueMethod(ConformanceTasks.method.echo, { text: "typed" });
    const response = await client.handle(id).resultMessage(EchoResponseSchema);
    expect("the text", response.text, "typed");
    expect("the handler's task id", response.metadata["qtasks-task-id"], id);
    return { task_id: id };
  },

  call: async ({ stub }) => {
    const { text, metadata, taskId, state } = await stub.echo("called");
    expect("the text", text, "called");
    expect("x-conformance", metadata["x-conformance"], "yes");
    expect("the handler's task id", metadata["qtasks-task-id"], taskId);
    expect("the state", state, "succeeded");
    return { task_id: taskId, state };
  },

  stream: async ({ client, stub }) => {
    expect("the answers", await stub.count(5), [0, 1, 2, 3, 4]);
    const handle = await client.enqueue("conformance.count", { count: 5 });
    const outputs: unknown[] = [];
    for await (const output of handle.outputs()) outputs.push(output);
    expect("the outputs", outputs, [0, 1, 2, 3, 4]);
    return { task_id: handle.id };
  },

  failure: async ({ client, stub }) => {
    const message = "no such thing";
    const code = CODE_NOT_FOUND;
    const failed = await stub.fail({ code, message, reason: "GONE" });
    const { taskId, state: _, ...status } = failed;
    expect("the status", status, { code, message, reason: "GONE" });
    const input = { code, type: "conformance.Gone", message, details: { id: 7 } };
    const handle = await client.enqueue("conformance.fail", input);
    const { failure } = await failureOf(handle);
    const details = JSON.parse(failure.details?.body.value as string) as unknown;
    const { type } = failure;
    expect("the failure", { code: failure.code, type, message: failure.message, details }, input);
    return { task_id: taskId, json_task_id: handle.id };
  },

  cancel: async ({ client }) => {
    const plain = await client.enqueue("conformance.wait", { delay_ms: 60_000 });
    await cancelRunning(plain);
    const typed = await client.enqueueMethod(ConformanceTasks.method.wait, { delayMs: 60_000 });
    await cancelRunning(typed);
    return { task_id: plain.id, typed_task_id: typed.id };
  },

  gather: async ({ client }) => {
    const inputs = Array.from({ length: GATHERED }, (_, at) => at);
    const enqueued = await client.enqueueMany(
      inputs.map((input) => ({ name: "conformance.echo", input })),
    );
    const results = await Promise.all(
      enqueued.map((each) => (each.ok ? each.handle.result() : Promise.reject(each.error))),
    );
    expect("the results", results, inputs);
    return { count: results.length };
  },
};

async function cancelRunning(handle: TaskHandle): Promise<void> {
  for await (const change of handle.watch())
    if (change.type === "task" && change.task.state === TaskState.RUNNING) break;
  await handle.cancel({ reason: "enough" });
  const { state, task } = await failureOf(handle);
  expect("the state", state, TaskState.CANCELED);
  expect("the reason", task.cancelReason, "enough");
}

async function failureOf(handle: TaskHandle): Promise<TaskFailedError> {
  const result = await handle.result().catch((error: unknown) => error);
  if (result instanceof Error && result.name === "TaskFailedError")
    return result as TaskFailedError;
  throw new Error(`expected a TaskFailedError, got ${String(result)}`);
}
