import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskFailedError, TerminalError } from "../../../src/index.ts";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { dependency } from "../../../src/plugins/dependencies/index.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import { appWith, errorLog } from "./setup.ts";
import { aborted, transaction, type Done } from "./transaction.ts";

const ONCE = { retry: { maxAttempts: 1 } };
const AT_ONCE = { maxAttempts: 3, initialBackoffMs: 1 };

describe("a disposal that throws", () => {
  test("fails an attempt that had succeeded, which is tried again", async (t) => {
    const done: Done[] = [];
    const { logger, errors } = errorLog();
    const ending = (): void => {
      if (done.length === 1) throw new Error("could not commit");
    };
    const tx = transaction(done, "tx", { ending });
    const app = appWith(t, {}, { logger });
    const task = app.task({ name: "t", retry: AT_ONCE }, async (_: undefined, context) => {
      await tx.of(context);
      return [context.attempt, context.previousFailure?.message];
    });
    await app.start({ server: false });
    assert.deepEqual(await task.run(), [2, "could not commit"]);
    assert.deepEqual(done, [
      ["tx", "commit"],
      ["tx", "commit"],
    ]);
    assert.deepEqual(errors, []);
  });

  test("fails it as a handler would: by a TerminalError for good", async (t) => {
    const ending = (): never => {
      throw new TerminalError("the account is closed", { type: "acme.Closed" });
    };
    const tx = transaction([], "tx", { ending });
    const app = appWith(t);
    const task = app.task({ name: "t", retry: AT_ONCE }, (_: undefined, context) => tx.of(context));
    await app.start({ server: false });
    const failed = await assertFails(task.run());
    assert.deepEqual(
      [failed.type, failed.failure.message],
      ["acme.Closed", "the account is closed"],
    );
  });

  test("fails it by its time, where that is longer than it may take", async (t) => {
    const tx = transaction([], "tx", { ending: () => new Promise(() => {}) });
    const app = appWith(t, { disposeTimeoutMs: 20 });
    const task = app.task({ name: "t", ...ONCE }, (_: undefined, context) => tx.of(context));
    await app.start({ server: false });
    await assert.rejects(task.run(), /the disposal of tx is not done after 20 ms/);
  });

  test("fails it by its time also where what it gives is a promise of another library", async (t) => {
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested, as a query builder is one
    const never = { then: () => undefined };
    const query = dependency({
      name: "query",
      scope: "task",
      create: () => 1,
      dispose: () => never,
    });
    const app = appWith(t, { disposeTimeoutMs: 20 });
    const task = app.task({ name: "t", ...ONCE }, (_: undefined, context) => query.of(context));
    await app.start({ server: false });
    const failed = /the disposal of query is not done after 20 ms/;
    await assert.rejects(task.run(undefined, { timeoutMs: 5_000 }), failed);
  });

  test("cancels a task whose handler gave a result although it was canceled", async (t) => {
    const begun = Promise.withResolvers<void>();
    const ending = (): never => {
      throw new Error("could not commit");
    };
    const tx = transaction([], "tx", { ending });
    const app = appWith(t);
    const task = app.task({ name: "t", retry: AT_ONCE }, async (_: undefined, context) => {
      await tx.of(context);
      begun.resolve();
      await aborted(context);
      return "all the same";
    });
    await app.start({ server: false });
    const handle = await task.enqueue();
    await begun.promise;
    await handle.cancel();
    const { state, attemptCount } = await handle.done();
    assert.deepEqual([state, attemptCount], [TaskState.CANCELED, 1]);
  });

  test("leaves a failure as it is, and is logged", async (t) => {
    const { logger, errors } = errorLog();
    const ending = (): never => {
      throw new Error("could not roll back");
    };
    const tx = transaction([], "tx", { ending });
    const app = appWith(t, {}, { logger });
    const task = app.task({ name: "t", ...ONCE }, async (_: undefined, context) => {
      await tx.of(context);
      throw new Error("the handler's own");
    });
    await app.start({ server: false });
    await assert.rejects(task.run(), /the handler's own/);
    assert.deepEqual(
      errors.map(({ msg, err }) => [msg, (err as Error).message]),
      [["a dependency could not be disposed", "could not roll back"]],
    );
  });

  test("is logged where the attempt is out of time meanwhile", async (t) => {
    const { logger, errors } = errorLog();
    const ending = async (): Promise<never> => {
      await sleep(60);
      throw new Error("too late");
    };
    const tx = transaction([], "tx", { ending });
    const app = appWith(t, {}, { logger });
    const init = { name: "t", ...ONCE, timeoutMs: 30 };
    const task = app.task(init, (_: undefined, context) => tx.of(context));
    await app.start({ server: false });
    await assert.rejects(task.run(), /took longer than its 30 ms/);
    await eventually("a line", async () => errors.length === 1 || undefined);
    assert.equal((errors[0]!.err as Error).message, "too late");
  });

  test("is a failure to those that were made before it, which are disposed in the reverse order", async (t) => {
    const done: Done[] = [];
    const fail = (message: string) => (): never => {
      throw new Error(message);
    };
    const { logger, errors } = errorLog();
    const first = transaction(done, "first", { ending: fail("no rollback") });
    const second = transaction(done, "second", { ending: fail("no commit") });
    const third = transaction(done, "third");
    const app = appWith(t, {}, { logger });
    const task = app.task({ name: "t", ...ONCE }, async (_: undefined, context) => {
      for (const each of [first, second, third]) await each.of(context);
    });
    await app.start({ server: false });
    await assert.rejects(task.run(), /no commit/);
    assert.deepEqual(done, [
      ["third", "commit"],
      ["second", "commit"],
      ["first", "rollback", "no commit"],
    ]);
    assert.deepEqual(
      errors.map(({ err }) => (err as Error).message),
      ["no rollback"],
    );
  });
});

async function assertFails(running: Promise<unknown>): Promise<TaskFailedError> {
  const error: unknown = await running.catch((thrown: unknown) => thrown);
  assert.ok(error instanceof TaskFailedError, String(error));
  return error;
}
