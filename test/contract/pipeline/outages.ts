/** Datastores that fail for a moment, and answers that get lost: nothing is lost, and nothing runs twice. */
import assert from "node:assert/strict";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { toDuration } from "../../../src/core/duration.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import type { Fault, Step } from "../../../src/testing/faults/faulty.ts";
import { outOfReach } from "../../../src/testing/faults/out-of-reach.ts";
import { Crew } from "./crew.ts";
import type { Server } from "./server.ts";
import { brokerOf, type DeclareScenario } from "./site.ts";

const QUICK_RETRY = { retryPolicy: { initialBackoff: toDuration(30) } };

/** Fails the calls that match while it is on. */
class Outage {
  isOn = false;
  count = 0;
  readonly #matches: (step: Step) => boolean;

  constructor(matches: (step: Step) => boolean) {
    this.#matches = matches;
  }

  readonly fault: Fault = (step) => {
    if (!this.isOn || !this.#matches(step)) return;
    this.count += 1;
    throw outOfReach(step);
  };
}

function isPublish({ method, when, params }: Step): boolean {
  if (method !== "publish" || when !== "before") return false;
  return (params as { readonly messages: readonly unknown[] }).messages.length > 0;
}

/** Ends all tasks, some of which fail first. */
async function assertAllEnd(server: Server, crew: Crew, ids: readonly string[]): Promise<void> {
  for (const task of await Promise.all(ids.map((id) => server.end(id)))) crew.assertSucceeded(task);
  await crew.stop();
}

/** Outages that every backend has. */
export function outageScenarios(it: DeclareScenario): void {
  it("calls that don't arrive, and answers that don't come back", async (site) => {
    let calls = 0;
    let isOn = false;
    const fault: Fault = (step) => {
      if (!isOn) return;
      calls += 1;
      if (calls % 13 === 4) throw outOfReach(step);
    };
    // As by default, a hold outlives the repeats of a call: else others may take what a hand-out has begun to start.
    const server = await site.open({ fault, timings: { holdMs: 5_000 } });
    isOn = true;
    const crew = new Crew(({ attempt, taskId }) => attempt > 1 || !taskId.endsWith("3"));
    crew.work(server);
    crew.work(server);
    const enqueue = (number: number): Promise<string> =>
      server.enqueue({ taskId: `task-${number}`, spec: { options: QUICK_RETRY } });
    const ids = await Promise.all(Array.from({ length: 40 }, (_, number) => enqueue(number)));
    await assertAllEnd(server, crew, ids);
    assert.ok(calls > 26, "hardly any call was hit");
    isOn = false;
  });

  it("a storage that is away for a moment", async (site) => {
    const outage = new Outage(({ part }) => part === "storage");
    const server = await site.open({ fault: outage.fault });
    const crew = new Crew();
    crew.work(server);
    const before = await server.enqueue();
    await server.end(before);
    outage.isOn = true;
    const during = server.enqueue();
    await new Promise((resolve) => setTimeout(resolve, 200));
    outage.isOn = false;
    await assertAllEnd(server, crew, [await during]);
    assert.ok(outage.count > 0);
  });
}

/** Outages between the halves of a pair. */
export function pairScenarios(it: DeclareScenario): void {
  it("a publish that fails is made good from its intent", async (site) => {
    const outage = new Outage(isPublish);
    const server = await site.open({ fault: outage.fault });
    outage.isOn = true;
    const taskId = await server.enqueue();
    await server.pipeline.lanes.idle();
    outage.isOn = false;
    assert.ok(outage.count > 0);
    const crew = new Crew();
    crew.work(server);
    await assertAllEnd(server, crew, [taskId]);
  });

  it("a settle that fails costs nothing", async (site) => {
    const outage = new Outage(({ method, when }) => method === "settle" && when === "before");
    const server = await site.open({ fault: outage.fault, timings: { holdMs: 100 } });
    outage.isOn = true;
    const crew = new Crew();
    crew.work(server);
    const ids = [await server.enqueue(), await server.enqueue()];
    await assertAllEnd(server, crew, ids);
    assert.ok(outage.count > 0);
  });

  it("a broker that is away: enqueue answers, and work goes on when it is back", async (site) => {
    const outage = new Outage(({ part }) => part === "broker");
    const server = await site.open({ fault: outage.fault });
    const crew = new Crew();
    crew.work(server);
    outage.isOn = true;
    const ids = [await server.enqueue(), await server.enqueue()];
    assert.equal((await server.get(ids[0]!)).state, TaskState.PENDING);
    await new Promise((resolve) => setTimeout(resolve, 200));
    outage.isOn = false;
    assert.ok(outage.count > 0);
    await assertAllEnd(server, crew, ids);
  });

  it("an enqueue whose answer got lost is published by its repeat", async (site) => {
    const outage = new Outage(({ method, when }) => method === "create" && when === "after");
    const timings = { reconcileIntervalMs: 60_000 };
    const server = await site.open({ fault: outage.fault, timings });
    const crew = new Crew();
    crew.work(server);
    outage.isOn = true;
    const enqueued = server.enqueue({ taskId: "repeated" });
    await eventually("the lost answer", () => (outage.count > 0 ? true : undefined));
    outage.isOn = false;
    await assertAllEnd(server, crew, [await enqueued]);
  });
}

/** Brokers from under which all messages are taken. */
export function losing(it: DeclareScenario): void {
  it("a broker that is emptied under way is filled again", async (site) => {
    const server = await site.open();
    const soon = { case: "delay", value: toDuration(400) } as const;
    const ids = [await server.enqueue(), await server.enqueue({ start: soon })];
    const crew = new Crew();
    await server.pipeline.lanes.idle();
    await brokerOf(site).empty();
    crew.work(server);
    await assertAllEnd(server, crew, ids);
  });
}
