/** What a worker says of queues that are named amiss. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Registration } from "../../src/worker/registration.ts";
import { setup, type Setup } from "./setup.ts";

const LEFT_OUT =
  "the option queues leaves out the queues of these tasks: this worker does not take them from there";

function handlerIn(name: string, queue?: string): Registration {
  const options = queue === undefined ? {} : { queue };
  return { definition: { name, options }, handler: () => 1 };
}

const THREE = [handlerIn("mail.send", "mail"), handlerIn("add"), handlerIn("shrink", "images")];

test("a worker warns of its tasks whose queue is not among its queues, once at its start", async (t) => {
  const queues = ["images", "low"];
  const { worker, logs, server } = await setup(t, {}, { handlers: THREE, queues });
  const tasks = { "mail.send": "mail", add: "default" };
  assert.deepEqual(warned(logs), [{ msg: LEFT_OUT, tasks, queues }]);
  server.forget();
  await server.until(() => server.registrations.length > 1);
  assert.equal(warned(logs).length, 1);
  await worker.add(handlerIn("late", "elsewhere"));
  await worker.add(handlerIn("low", "low"));
  assert.deepEqual(warned(logs).slice(1), [
    { msg: LEFT_OUT, tasks: { late: "elsewhere" }, queues },
  ]);
});

test("a worker that takes from the queues of all its tasks warns of none", async (t) => {
  for (const queues of [undefined, [], ["mail", "images", "default"]]) {
    const { worker, logs } = await setup(t, {}, { handlers: THREE, queues });
    await worker.add(handlerIn("late", "mail"));
    assert.deepEqual(warned(logs), []);
  }
});

/** The warnings, without what all lines have. */
function warned(logs: Setup["logs"]): readonly object[] {
  return logs
    .filter(({ level }) => level === 40)
    .map((line) => {
      const { msg, tasks, queues } = line as { msg: string; tasks?: object; queues?: object };
      return { msg, tasks, queues };
    });
}
