import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  FailureKind,
  stateName,
  TaskFailedError,
  type EnqueueOptions,
  type TaskClient,
} from "../../src/client/index.ts";
import { BACKENDS, callJson, clientOf, startServe } from "./serve.ts";

const { APPLICATION, ATTEMPT_TIMEOUT } = FailureKind;

/** What a handler does, and the failure that the caller must see. */
const CASES: readonly (readonly [name: string, kind: FailureKind, type: string, words: RegExp])[] =
  [
    ["e2e.throw-text", APPLICATION, "qtasks.NonErrorThrown", /just a text/],
    ["e2e.throw-nothing", APPLICATION, "qtasks.NonErrorThrown", /undefined/],
    ["e2e.return-function", APPLICATION, "qtasks.ResultNotEncodable", /a function/],
    ["e2e.return-cycle", APPLICATION, "qtasks.ResultNotEncodable", /circular/],
    ["e2e.return-too-much", APPLICATION, "qtasks.ResultTooLarge", /1048576/],
    ["e2e.never", ATTEMPT_TIMEOUT, "qtasks.AttemptTimeout", /500 ms|attempt/],
  ];

describe("a handler that misbehaves fails its own task, and the server goes on", () => {
  for (const [backend, url] of Object.entries(BACKENDS)) {
    test(backend, async (t) => {
      const client = clientOf(t, await startServe(t, { url: await url() }));
      for (const [name, kind, type, words] of CASES) {
        const { failure, state } = await failureOf(client, name);
        assert.equal(stateName(state), "FAILED", name);
        assert.equal(failure.kind, kind, name);
        assert.equal(failure.type, type, name);
        assert.match(failure.message, words, name);
      }
      assert.equal(await client.run("e2e.add", { x: 1, y: 1 }), 2);
    });
  }

  test("one that blocks the loop holds up the others, and nothing is lost", async (t) => {
    const url = await BACKENDS["sqlite"]!();
    const server = await startServe(t, { url });
    const client = clientOf(t, server);
    const others = Array.from({ length: 20 }, (_, x) => client.run("e2e.add", { x, y: 1 }));
    // Beyond the delivery time and two heartbeats, so that leases could be taken for lost.
    const blocked = client.run("e2e.block", { ms: 15_000 });
    const later = Array.from({ length: 20 }, (_, x) => client.run("e2e.add", { x, y: 2 }));
    assert.equal(await blocked, "unblocked");
    const sums = await Promise.all([...others, ...later]);
    assert.deepEqual(
      sums.slice(0, 20),
      others.map((_, x) => x + 1),
    );
    assert.deepEqual(
      sums.slice(20),
      later.map((_, x) => x + 2),
    );
    const { count } = await client.count();
    assert.equal(count, 41n);
    assert.equal((await callJson(server, "SystemService/GetSystemInfo", {})).status, 200);
  });
});

async function failureOf(client: TaskClient, name: string): Promise<TaskFailedError> {
  const options: EnqueueOptions = { retry: { maxAttempts: 1 } };
  try {
    const result = await client.run(name, {}, options);
    throw new Error(`${name} gave ${JSON.stringify(result)}`);
  } catch (error) {
    if (error instanceof TaskFailedError) return error;
    throw error;
  }
}
