/**
 * Servers that end and begin again on the same storage: what waits goes on, also where the broker has
 * forgotten everything.
 */
import assert from "node:assert/strict";
import { toDuration } from "../../../src/core/duration.ts";
import { Crew } from "./crew.ts";
import type { Server } from "./server.ts";
import { brokerOf, type DeclareScenario, type Site } from "./site.ts";
import { Worker } from "./worker.ts";

const RETRY_SOON = { retryPolicy: { initialBackoff: toDuration(300), jitter: 0 } };

/** Tasks in every state that is not an end: their ids. */
async function leaveBehind(server: Server): Promise<string[]> {
  const worker = await Worker.open(server);
  const options = RETRY_SOON;
  const retrying = await server.enqueue({ spec: { options } });
  await worker.fail(await worker.take());
  const running = await server.enqueue();
  await worker.take();
  const soon = { case: "delay", value: toDuration(300) } as const;
  const scheduled = await server.enqueue({ start: soon });
  const pending = [await server.enqueue(), await server.enqueue()];
  return [retrying, running, scheduled, ...pending];
}

/** All of them come to their end at the server, and no attempt runs twice. */
async function assertAllEnd(server: Server, ids: readonly string[]): Promise<void> {
  const crew = new Crew();
  crew.work(server);
  for (const task of await Promise.all(ids.map((id) => server.end(id)))) crew.assertSucceeded(task);
  await crew.stop();
}

const timings = { deliveryTimeoutMs: 300 };

async function restart(site: Site, server: Server, end: "stop" | "crash"): Promise<Server> {
  await server[end]();
  return site.open({ timings });
}

export function restartScenarios(it: DeclareScenario): void {
  for (const end of ["stop", "crash"] as const)
    it(`after a ${end}, tasks in every state go on`, async (site) => {
      const server = await site.open({ timings });
      const ids = await leaveBehind(server);
      await assertAllEnd(await restart(site, server, end), ids);
    });

  it("a pause, a unique key and a result outlive it", async (site) => {
    const server = await site.open();
    const worker = await Worker.open(server);
    const ended = await server.enqueue();
    await worker.succeed(await worker.take(), "kept");
    const spec = { unique: { key: "k" } };
    const held = await server.enqueue({ spec });
    await server.admin.pauseQueue({ name: "default" });
    const again = await restart(site, server, "stop");
    assert.equal((await again.get(ended)).result!.body.value, "kept");
    assert.equal(await again.enqueue({ spec }), held);
    const late = await Worker.open(again);
    await late.takeNothing();
    await again.admin.resumeQueue({ name: "default" });
    assert.equal((await late.take()).taskId, held);
  });
}

/** Brokers that have lost all their messages when they are opened again. */
export function forgetting(it: DeclareScenario): void {
  it("what was forgotten while it was closed is published again", async (site) => {
    const server = await site.open({ timings });
    const ids = await leaveBehind(server);
    await server.stop();
    await brokerOf(site).empty();
    await assertAllEnd(await site.open({ timings }), ids);
  });
}
