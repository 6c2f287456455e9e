import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  moduleHandler,
  SnoozeError,
  TaskFailedError,
  threads,
  type HandlerContext,
  type Plugin,
} from "../../../src/index.ts";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { dependencies, dependency } from "../../../src/plugins/dependencies/index.ts";
import { validation } from "../../../src/plugins/validation/index.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import { memoryApp } from "../../app/memory-app.ts";
import { digits } from "../validation/schemas.ts";
import type * as InThread from "./in-thread.ts";
import { appWith } from "./setup.ts";
import { aborted, transaction, type Done } from "./transaction.ts";

const ONCE = { retry: { maxAttempts: 1 } };

describe("a value of a task is told how its attempt ends", () => {
  test("as a success, before that is reported", async (t) => {
    const done: Done[] = [];
    const committing = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    const ending = (): Promise<void> => {
      committing.resolve();
      return committed.promise;
    };
    const tx = transaction(done, "tx", { ending });
    const app = appWith(t);
    const task = app.task("t", (_: undefined, context) => tx.of(context));
    await app.start({ server: false });
    const handle = await task.enqueue();
    await committing.promise;
    assert.equal((await handle.get()).state, TaskState.RUNNING);
    committed.resolve();
    assert.equal(await handle.result(), "tx");
    assert.deepEqual(done, [["tx", "commit"]]);
  });

  test("as a failure by what was thrown, and anew for each attempt", async (t) => {
    const done: Done[] = [];
    const errors: unknown[] = [];
    const tx = transaction(done, "tx", { ending: (error) => errors.push(error) });
    const app = appWith(t);
    const thrown = [new Error("first"), new SnoozeError(1, "later"), "no error"];
    const retry = { maxAttempts: 4, initialBackoffMs: 1 };
    const task = app.task({ name: "t", retry }, async (_: undefined, context) => {
      await tx.of(context);
      // oxlint-disable-next-line typescript/only-throw-error -- handlers may throw anything
      if (context.attempt <= thrown.length) throw thrown[context.attempt - 1];
      return context.attempt;
    });
    await app.start({ server: false });
    assert.equal(await task.run(), 4);
    assert.deepEqual(done, [
      ["tx", "rollback", "first"],
      ["tx", "rollback", "later"],
      ["tx", "rollback", "'no error'"],
      ["tx", "commit"],
    ]);
    assert.deepEqual(errors.slice(0, 2), thrown.slice(0, 2));
    assert.equal((errors[2] as Error).cause, "no error");
  });

  test("as a failure where nothing at all was thrown", async (t) => {
    const done: Done[] = [];
    const tx = transaction(done);
    const app = appWith(t);
    const task = app.task({ name: "t", ...ONCE }, async (_: undefined, context) => {
      await tx.of(context);
      // oxlint-disable-next-line typescript/only-throw-error -- handlers may throw anything
      throw undefined;
    });
    await app.start({ server: false });
    await assert.rejects(task.run(), TaskFailedError);
    assert.deepEqual(done, [["tx", "rollback", "undefined"]]);
  });

  test("as canceled, unless the handler gives a result all the same", async (t) => {
    const done: Done[] = [];
    const tx = transaction(done);
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const app = appWith(t);
    const task = app.task("t", async (heeds: boolean, context) => {
      await tx.of(context);
      begun[Number(heeds)]!.resolve();
      await aborted(context);
      if (heeds) context.throwIfCanceled();
      return "all the same";
    });
    await app.start({ server: false });
    const states: TaskState[] = [];
    for (const heeds of [true, false]) {
      const handle = await task.enqueue(heeds);
      await begun[Number(heeds)]!.promise;
      await handle.cancel({ reason: "enough" });
      states.push((await handle.done()).state);
    }
    assert.deepEqual(states, [TaskState.CANCELED, TaskState.SUCCEEDED]);
    assert.deepEqual(done, [
      ["tx", "rollback", "enough"],
      ["tx", "commit"],
    ]);
  });

  test("as a failure where its result comes too late: out of time, or canceled by force", async (t) => {
    const done: Done[] = [];
    const tx = transaction(done);
    const begun = Promise.withResolvers<void>();
    const app = appWith(t);
    const late = async (_: undefined, context: HandlerContext): Promise<string> => {
      await tx.of(context);
      begun.resolve();
      await aborted(context);
      await sleep(50);
      return "late";
    };
    const slow = app.task({ name: "slow", ...ONCE, timeoutMs: 20 }, late);
    const forced = app.task("forced", late);
    await app.start({ server: false });
    await assert.rejects(slow.run(), TaskFailedError);
    await eventually("a disposal", async () => done.length === 1 || undefined);
    assert.match(done.pop()![2]!, /took longer than its 20 ms/);
    const handle = await forced.enqueue();
    await begun.promise;
    await handle.cancel({ reason: "enough", forceAfterMs: 0 });
    assert.equal((await handle.done()).state, TaskState.CANCELED);
    await eventually("a disposal", async () => done.length === 1 || undefined);
    assert.equal(done[0]![1], "rollback");
  });

  test("as a failure where its worker gave the task back before its result came", async (t) => {
    const done: Done[] = [];
    const tx = transaction(done);
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const app = appWith(t, {}, { graceMs: 0 });
    const task = app.task("t", async (_: undefined, context) => {
      await tx.of(context);
      begun.resolve();
      await go.promise;
    });
    await app.start({ server: false });
    await task.enqueue();
    await begun.promise;
    await app.stop();
    go.resolve();
    await eventually("a disposal", async () => done.length === 1 || undefined);
    assert.deepEqual(done, [["tx", "rollback", "the worker is stopping"]]);
  });

  test("of a generator by its end, after its outputs", async (t) => {
    const done: Done[] = [];
    const tx = transaction(done);
    const app = appWith(t);
    const task = app.task(
      { name: "t", ...ONCE },
      async function* (fails: boolean, context: HandlerContext): AsyncGenerator<string, string> {
        yield await tx.of(context);
        done.push(["handler", "commit"]);
        if (fails) throw new Error("half way");
        yield "more";
        return "result";
      },
    );
    await app.start({ server: false });
    assert.equal(await task.run(false), "result");
    await assert.rejects(task.run(true), /half way/);
    assert.deepEqual(done, [
      ["handler", "commit"],
      ["tx", "commit"],
      ["handler", "commit"],
      ["tx", "rollback", "half way"],
    ]);
  });

  test("around a handler in a thread, also where its thread is ended", async (t) => {
    const done: Done[] = [];
    const app = appWith(t, { eager: [transaction(done)] });
    const url = new URL("./in-thread.ts", import.meta.url);
    const executor = threads({ maxThreads: 1, abortGraceMs: 10 });
    const handler = moduleHandler<typeof InThread, "endsAs">(url, "endsAs");
    const task = app.task({ name: "far", executor, ...ONCE }, handler);
    const spins = app.task({ name: "spins", executor, ...ONCE, timeoutMs: 200 }, handler);
    await app.start({ server: false });
    assert.equal(await task.run("success"), "done");
    await assert.rejects(task.run("failure"), /in its thread/);
    await assert.rejects(spins.run("never"), TaskFailedError);
    await eventually("three disposals", async () => done.length === 3 || undefined);
    assert.deepEqual(done, [
      ["tx", "commit"],
      ["tx", "rollback", "failed in its thread"],
      ["tx", "rollback", "the attempt took longer than its 200 ms"],
    ]);
  });

  test("as a failure where its result is refused by a schema", async (t) => {
    const names = (plugins: readonly Plugin[]) => plugins.map(({ name }) => name).join(", ");
    const schemas = validation({ tasks: { library: { output: digits() } } });
    const orders = [
      [dependencies(), schemas],
      [schemas, dependencies()],
    ];
    for (const plugins of orders) {
      const done: Done[] = [];
      const seen: unknown[] = [];
      const tx = transaction(done);
      const app = memoryApp(t).use(async (_, next) => {
        seen.push(await next().catch((error: unknown) => (error as Error).name));
        return seen.at(-1);
      });
      for (const plugin of plugins) app.use(plugin);
      const handler = async (id: string, context: HandlerContext): Promise<{ id: string }> => {
        await tx.of(context);
        return { id };
      };
      const own = app.task({ name: "own", output: digits() }, handler);
      const library = app.task("library", handler);
      await app.start({ server: false });
      for (const task of [own, library]) for (const id of ["1", "one"]) await task.run(id);
      const ends = done.map(([, what]) => what);
      assert.deepEqual(ends, ["commit", "rollback", "commit", "rollback"], names(plugins));
      assert.match(done[1]![2]!, /expected digits/);
      assert.deepEqual(seen, [{ id: 1 }, "TerminalError", { id: 1 }, "TerminalError"]);
    }
  });

  test("and of the app's and the worker's values nothing is told", async (t) => {
    const given: unknown[] = [];
    const app = appWith(t);
    const dispose = (_: string, parts: unknown): void => void given.push(parts);
    const pool = dependency({ name: "pool", scope: "app", create: () => "pool", dispose });
    const cache = dependency({ name: "cache", scope: "worker", create: () => "cache", dispose });
    const task = app.task({ name: "t", ...ONCE }, async (_: undefined, context) => {
      await Promise.all([pool.of(context), cache.of(context)]);
      throw new Error("failed");
    });
    await app.start({ server: false });
    await assert.rejects(task.run(), /failed/);
    await app.stop();
    assert.deepEqual(given, [{ error: undefined }, { error: undefined }]);
  });
});

test("a transaction that comes after its handler's end is rolled back", async (t) => {
  const done: Done[] = [];
  const made = Promise.withResolvers<void>();
  const app = appWith(t, { disposeTimeoutMs: 10 });
  const tx = dependency({
    name: "tx",
    scope: "task",
    create: () => made.promise,
    dispose: (_, { error }) => void done.push(["tx", error ? "rollback" : "commit"]),
  });
  const task = app.task("t", (_: undefined, context) => {
    tx.of(context).catch(() => undefined);
    return "done";
  });
  await app.start({ server: false });
  assert.equal(await task.run(), "done");
  made.resolve();
  await eventually("a disposal", async () => done.length === 1 || undefined);
  assert.deepEqual(done, [["tx", "rollback"]]);
});
