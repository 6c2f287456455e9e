/** A task that is part of several apps is called through the one that is chosen. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Router, setDefaultApp, sharedTask } from "../../src/index.ts";
import { ConformanceTasks } from "../gen/conformance/v1/conformance_pb.ts";
import { memoryApp } from "./memory-app.ts";

const whose = sharedTask("of.whose", (_: undefined, { queue }) => queue);

test("tasks of a router in two apps run where they are called, also typed and streaming ones", async (t) => {
  const router = new Router({ prefix: "r." });
  const where = router.task("where", (of: string, { name }) => [of, name]);
  const { echo, count } = router.service(ConformanceTasks, {
    echo: ({ text }) => ({ text }),
    async *count({ count: to }) {
      for (let value = 0; value < to; value++) yield { value };
    },
  });
  const [one, two, neither] = [memoryApp(t), memoryApp(t), memoryApp(t)];
  const outer = new Router({ prefix: "outer." });
  outer.includeRouter(router);
  one.includeRouter(router);
  two.includeRouter(outer);
  await Promise.all([one, two].map((app) => app.start({ server: false })));

  assert.deepEqual(await where.of(one).run("one"), ["one", "r.where"]);
  const handle = await where.of(two).enqueue("two");
  assert.deepEqual(await handle.result(), ["two", "outer.r.where"]);
  const inOne = await (await one.client()).listPage();
  assert.ok(!inOne.tasks.some(({ taskId }) => taskId === handle.id), "each has its own backend");
  assert.equal((await echo.of(two).run({ text: "hi" })).text, "hi");
  const values: number[] = [];
  for await (const { value } of count.of(one).run({ count: 3 })) values.push(value);
  assert.deepEqual(values, [0, 1, 2]);

  await assert.rejects(where.run("?"), /the task r\.where is part of several apps: use task\.of/);
  for (const task of [where, echo, count])
    assert.throws(() => task.of(neither), /is no part of that app: include its router/);
});

test("a shared task is called through an app of before, which has it still", async (t) => {
  const [before, now] = [memoryApp(t), memoryApp(t)];
  t.after(() => setDefaultApp(undefined));
  setDefaultApp(before);
  await before.start({ server: false });
  setDefaultApp(now);
  await now.start({ server: false });
  assert.equal(await whose.run(), "default");
  const handle = await whose.of(before).enqueue();
  assert.equal(await handle.result(), "default");
  await assert.rejects((await now.client()).get(handle.id), { reason: "TASK_NOT_FOUND" });
});
