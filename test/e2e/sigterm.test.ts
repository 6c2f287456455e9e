import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AttemptState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { stateName, TaskState, type TaskHandle } from "../../src/client/index.ts";
import { startCli } from "../support/process.ts";
import { BACKENDS, callJson, clientOf, HANDLERS, startServe, type Serve } from "./serve.ts";

describe("SIGTERM", () => {
  test("lets a server finish what it runs, takes nothing more, and exits with 0", async (t) => {
    const url = await BACKENDS["sqlite"]!();
    const server = await startServe(t, { url, args: ["--slots", "2"] });
    const client = clientOf(t, server);
    const [first, second, third] = await Promise.all(
      [1, 2, 3].map(() => client.enqueue("e2e.stubborn", { ms: 1_500 })),
    );
    await untilRunning(server, 2);
    server.process.kill("SIGTERM");
    assert.deepEqual(await server.process.exit, { code: 0, signal: null });

    const again = clientOf(t, await startServe(t, { url, args: ["--slots", "2"] }));
    const tasks = await Promise.all([first!, second!, third!].map(({ id }) => again.await(id)));
    const full = await Promise.all(tasks.map(({ taskId }) => again.get(taskId)));
    // Two ran through before the exit; the third had not been taken, and ran after it.
    assert.deepEqual(
      full.map(({ state, attemptCount }) => [state, attemptCount]),
      [1, 2, 3].map(() => [TaskState.SUCCEEDED, 1]),
    );
  });

  test("gives back, uncounted, what outlasts the grace of a server", async (t) => {
    const url = await BACKENDS["sqlite"]!();
    const server = await startServe(t, { url, args: ["--grace", "0.5"] });
    const { id } = await clientOf(t, server).enqueue("e2e.sleep", { ms: 60_000 }, ONE_ATTEMPT);
    await untilRunning(server, 1);
    server.process.kill("SIGTERM");
    assert.deepEqual(await server.process.exit, { code: 0, signal: null });

    // A server without handlers shows how it was left.
    const task = await clientOf(t, await startServe(t, { url, app: [] })).get(id);
    assert.equal(stateName(task.state), "PENDING");
    assert.deepEqual(
      task.attempts.map(({ state }) => state),
      [AttemptState.RELEASED],
    );
  });

  test("gives back what a remote worker runs, and another worker goes on", async (t) => {
    const server = await startServe(t, { app: [] });
    const start = () =>
      startCli(t, ["worker", "--server", server.grpc, "--app", HANDLERS, "--grace", "0.5"]);
    const worker = start();
    const client = clientOf(t, server);
    await untilDefined(server, "e2e.sleep");
    const handle: TaskHandle = await client.enqueue("e2e.sleep", { ms: 3_000 }, ONE_ATTEMPT);
    await untilRunning(server, 1);
    worker.kill("SIGTERM");
    assert.deepEqual(await worker.exit, { code: 0, signal: null });
    start();
    assert.deepEqual(await handle.result({ timeoutMs: 20_000 }), { attempt: 2 });
  });
});

const ONE_ATTEMPT = { retry: { maxAttempts: 1 } } as const;

/** Waits until so many tasks run. */
async function untilRunning({ http }: Serve, wanted: number): Promise<void> {
  for (;;) {
    const { states } = await callOnce(http, "TaskService/CountTasks", {
      filter: { states: ["TASK_STATE_RUNNING"] },
    });
    const [running] = states ?? [];
    if (Number(running?.count ?? 0) >= wanted) return;
  }
}

/** Waits until a worker has defined the task. */
async function untilDefined({ http }: Serve, name: string): Promise<void> {
  for (;;) {
    const { definitions } = await callOnce(http, "SystemService/ListTaskDefinitions", {});
    if (definitions?.some(({ definition }) => definition.name === name)) return;
  }
}

interface Answer {
  readonly states?: readonly { readonly count: string }[];
  readonly definitions?: readonly { readonly definition: { readonly name: string } }[];
}

async function callOnce(http: string, method: string, body: object): Promise<Answer> {
  return (await callJson({ http }, method, body)).body as Answer;
}
