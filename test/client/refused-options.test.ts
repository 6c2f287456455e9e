import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { TaskFilterSchema, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskClient } from "../../src/client/client.ts";
import { connect } from "../../src/client/connect.ts";
import type { TaskQuery } from "../../src/client/requests.ts";
import type { Reason } from "../../src/core/errors.ts";
import { everyWay, inProcess } from "./setup.ts";
import { refused as refusedWith, untyped } from "../support/refused.ts";

function refused(message: string, reason: Reason = "FIELD_VIOLATION") {
  return refusedWith(message, reason);
}

/** Reads all; what the call throws at once rejects too. */
async function drained(call: () => AsyncIterable<unknown>): Promise<void> {
  for await (const _ of call());
}

/** All calls that take a filter. */
function byFilter(client: TaskClient, filter: TaskQuery): (() => Promise<unknown>)[] {
  return [
    () => drained(() => client.cancelMatching(filter)),
    () => drained(() => client.retryMatching(filter)),
    () => drained(() => client.list(filter)),
    () => client.listPage(filter),
    () => client.count(filter),
  ];
}

everyWay("a condition that there is not is refused, and no task is touched", async (scene) => {
  const { client, fake } = scene;
  fake.put({ taskId: "t" });
  const filter = untyped<TaskQuery>({ queues: ["q"], label: { a: "b" }, state: [1] });
  const message =
    "filter.label: no such option; did you mean labels?; filter.state: no such option; did you mean states?";
  for (const call of byFilter(client, filter)) await assert.rejects(call(), refused(message));
  assert.equal((await client.get("t")).state, TaskState.PENDING);
});

test("a condition whose value is none for it is refused with what is expected", async (t) => {
  const { client } = inProcess(t);
  const cases: [unknown, string][] = [
    [{ names: "y" }, 'filter.names: expected a list of texts; got "y"'],
    [{ queues: [1] }, "filter.queues: expected a list of texts; got [1]"],
    [
      { states: ["FAILED"] },
      'filter.states: expected a list of states, such as [TaskState.FAILED]; got ["FAILED"]',
    ],
    [{ labels: ["a"] }, 'filter.labels: expected an object of texts; got ["a"]'],
    [
      { createTimeFrom: new Date(), names: null },
      "filter.names: expected a list of texts; got null; " +
        "filter.createTimeFrom: expected a Timestamp, such as timestampFromDate(date); got a Date",
    ],
    ["mail.send", "filter: expected an object; got string"],
    [null, "filter: expected an object; got null"],
  ];
  for (const [filter, message] of cases)
    for (const call of byFilter(client, untyped(filter)))
      await assert.rejects(call(), refused(message));
});

everyWay(
  "a filter may be a message, and what is undefined is not set",
  async ({ client, fake }) => {
    fake.put({ taskId: "t" });
    const createTimeFrom = { seconds: 0n };
    const full = create(TaskFilterSchema, { queues: ["q"], labels: { a: "b" }, createTimeFrom });
    assert.equal((await client.listPage(full)).tasks.length, 1);
    const unset = untyped<TaskQuery>({
      states: [TaskState.PENDING],
      names: undefined,
      of: undefined,
    });
    assert.equal((await client.listPage(unset)).tasks.length, 1);
  },
);

test("an option that a call does not have is refused with the nearest one", async (t) => {
  const { client, fake } = inProcess(t);
  fake.put({ taskId: "t" });
  const handle = client.handle("t");
  const all = { queues: ["q"] };
  const timeout = untyped<object>({ timeout: 1 });
  const timeoutMs = "timeout: no such option; did you mean timeoutMs?";
  const cases: [() => Promise<unknown>, string][] = [
    [() => handle.result(timeout), timeoutMs],
    [() => handle.done(timeout), timeoutMs],
    [() => handle.get(timeout), timeoutMs],
    [() => handle.retry(timeout), timeoutMs],
    [() => client.delete("t", timeout), timeoutMs],
    [() => client.await("t", timeout), timeoutMs],
    [() => client.count(all, timeout), timeoutMs],
    [
      () => handle.cancel(untyped({ forceAfter: 1 })),
      "forceAfter: no such option; did you mean forceAfterMs?",
    ],
    [
      () => drained(() => client.cancelMatching(all, untyped({ reson: "x" }))),
      "reson: no such option; did you mean reason?",
    ],
    [() => drained(() => client.retryMatching(all, timeout)), timeoutMs],
    [
      () => handle.reschedule(untyped({ delay: 1 })),
      "delay: no such option; did you mean delayMs?",
    ],
    [
      () => drained(() => handle.watch(untyped({ event: true }))),
      "event: no such option; did you mean events?",
    ],
    [
      () => drained(() => handle.events(untyped({ folow: true }))),
      "folow: no such option; did you mean follow?",
    ],
    [
      () => drained(() => handle.outputs(untyped({ afer: 1n }))),
      "afer: no such option; did you mean after?",
    ],
    [
      () => drained(() => client.list({}, untyped({ pagesize: 1 }))),
      "pagesize: no such option; did you mean pageSize?",
    ],
    [
      () => client.listPage({}, untyped({ token: "x" })),
      "token: no such option; did you mean pageToken?",
    ],
    [() => handle.result(untyped(1_000)), "options: expected an object; got number"],
    [
      () => handle.result(untyped({ timeoutMs: "1s" })),
      "timeoutMs: expected a number of ms, not 1s",
    ],
  ];
  for (const [call, message] of cases) await assert.rejects(call(), refused(message));
  assert.equal((await client.get("t")).state, TaskState.PENDING);
});

test("a key, a window, a time or a backoff that is wrong is refused, all at once, and nothing is enqueued", async (t) => {
  const { client } = inProcess(t);
  const cases: [unknown, string][] = [
    [
      { unique: { key: "k", window: 5, onconflict: "reject" } },
      "unique.window: no such option; did you mean windowMs?; " +
        "unique.onconflict: no such option; did you mean onConflict?",
    ],
    [
      { unique: { key: "k", onConflict: "replace" } },
      'unique.onConflict: expected one of return-existing, reject, replace-pending; got "replace"',
    ],
    [{ unique: "k" }, "unique: expected an object; got string"],
    [{ delayMs: -3_000 }, "delayMs: expected a number of ms, 0 or more; got -3000"],
    [{ attemptTimeoutMs: "3" }, 'attemptTimeoutMs: expected a number of ms, 0 or more; got "3"'],
    [{ retentionMs: NaN }, "retentionMs: expected a number of ms, 0 or more; got NaN"],
    [{ retry: { maxAttempt: 2 } }, "retry.maxAttempt: no such option; did you mean maxAttempts?"],
    [{ retry: 3 }, "retry: expected an object; got number"],
    [
      { retry: { nonRetryableTypes: "a.B" } },
      'retry.nonRetryableTypes: expected a list of texts; got "a.B"',
    ],
    [{ labels: "ab" }, 'labels: expected an object of texts; got "ab"'],
    [{ headers: ["a"] }, 'headers: expected an object of texts; got ["a"]'],
  ];
  for (const [options, message] of cases) {
    await assert.rejects(client.enqueue("n", 1, untyped<object>(options)), refused(message));
    await assert.rejects(client.run("n", 1, untyped<object>(options)), refused(message));
  }
  assert.equal((await client.listPage()).tasks.length, 0);
});

test("an item of enqueueMany that has its input under another name is refused, and the others go on", async (t) => {
  const { client } = inProcess(t);
  const items = [{ name: "n", payload: 1 }, { name: "n", input: 1 }, "n"];
  const [mistaken, sound, none] = await client.enqueueMany(untyped(items));
  assert.ok(mistaken?.ok === false && sound?.ok === true && none?.ok === false);
  assert.match(mistaken.error.message, /^item\.payload: no such option/);
  assert.match(none.error.message, /^item: expected an object; got string$/);
});

test("an option that connect does not have is refused", () => {
  const address = "127.0.0.1:1";
  assert.throws(
    () => connect(untyped({ adress: address, patience: 1 })),
    refused(
      "connect: adress: no such option; did you mean address?; " +
        "patience: no such option; did you mean patienceMs?",
      "CONFIG_INVALID",
    ),
  );
  assert.throws(
    () => connect({ address, tls: untyped({ CA: Buffer.of(1) }) }),
    refused("tls: CA: no such option; did you mean ca?", "CONFIG_INVALID"),
  );
});

everyWay(
  "what has its options by its class, as a controller its signal, is taken",
  async (scene) => {
    assert.equal((await scene.client.count({}, new AbortController())).count, 0n);
  },
);
