/** Two servers on one backend: each task is one worker's, whichever server took it in. */
import assert from "node:assert/strict";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { Crew } from "./crew.ts";
import type { DeclareScenario } from "./site.ts";
import { Worker } from "./worker.ts";

export function sharedScenarios(it: DeclareScenario): void {
  it("work that comes in at one wakes a poll at the other, whose outcome is told back", async (site) => {
    const [one, two] = [await site.open(), await site.open()];
    const worker = await Worker.open(two);
    const parked = worker.take();
    const taskId = await one.enqueue();
    const ended = one.end(taskId);
    await worker.succeed(await parked);
    assert.equal((await ended).state, TaskState.SUCCEEDED);
  });

  it("both work on what both took in", async (site) => {
    const servers = [await site.open(), await site.open()];
    const crew = new Crew();
    for (const server of servers) crew.work(server);
    const enqueue = (number: number): Promise<string> =>
      servers[number % 2]!.enqueue({ taskId: `task-${number}` });
    const ids = await Promise.all(Array.from({ length: 100 }, (_, number) => enqueue(number)));
    for (const task of await Promise.all(ids.map((id) => servers[0]!.end(id))))
      crew.assertSucceeded(task);
    await crew.stop();
  });

  it("one is killed, the other goes on with what it held", async (site) => {
    const timings = { deliveryTimeoutMs: 300 };
    const [one, two] = [await site.open({ timings }), await site.open({ timings })];
    const worker = await Worker.open(one);
    const taskId = await one.enqueue();
    await worker.take();
    await one.crash();
    const crew = new Crew();
    crew.work(two);
    crew.assertSucceeded(await two.end(taskId));
    await crew.stop();
  });
}
