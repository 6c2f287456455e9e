/** The commands of the broker's model. */
import fc from "fast-check";
import type { Deferred, Message, TakeParams } from "../../../src/broker/broker.ts";
import { commandOf, type CommandArbitrary } from "../model-test.ts";
import { NAMES, offers, QUEUES } from "../storage/plans.ts";
import { EPOCH_MS, type Store, type World } from "./world.ts";

type Make = CommandArbitrary<World, Store>;

const TASKS = 16;
const via = fc.nat(1);
const twice = fc.boolean();
const delayMs = fc.constantFrom(0, 0, 100, 1_000, 60_000);

const messagePlan = fc.record({
  task: fc.nat(TASKS - 1),
  queue: fc.nat(QUEUES.length - 1),
  name: fc.nat(NAMES.length - 1),
  priority: fc.constantFrom(0, 0, 1, -1000, 1000),
  age: fc.nat(3),
  delayMs,
  older: fc.constantFrom(0, 0, 0, 1, 2),
});

const publish: Make = commandOf(
  "publish",
  fc.record({
    via,
    twice,
    messages: fc.uniqueArray(messagePlan, {
      minLength: 1,
      maxLength: 12,
      selector: ({ task }) => task,
    }),
  }),
  async (plan, world, store) => {
    const messages = plan.messages.map(({ task, queue, name, age, older, ...rest }): Message => {
      const taskId = `t${task}`;
      const generation = world.generation(taskId, older);
      const orderAt = EPOCH_MS + age * 100;
      return {
        taskId,
        generation,
        queue: QUEUES[queue]!,
        name: NAMES[name]!,
        orderAt,
        ...pick(rest),
      };
    });
    const call = () =>
      world.make("publish", store, plan.via, (broker) => broker.publish({ messages }));
    await call();
    if (plan.twice) await call();
  },
);

function pick({ priority, delayMs: delay }: { priority: number; delayMs: number }) {
  return { priority, delayMs: delay };
}

const take: Make = commandOf(
  "take",
  fc.record({
    via,
    twice,
    offers,
    max: fc.constantFrom(0, 1, 2, 5, 50),
    holdMs: fc.constantFrom(100, 1_000, 60_000),
  }),
  async ({ via: to, twice: again, ...rest }, world, store) => {
    await takeWith(world, store, to, { ...rest, hold: world.hold() }, again);
  },
);

async function takeWith(
  world: World,
  store: Store,
  to: number,
  params: TakeParams,
  again: boolean,
) {
  const call = () => world.make("take", store, to, (broker) => broker.take(params));
  const { messages } = await call();
  const until = world.clock.now() + params.holdMs;
  // A repeat of a take that found nothing is a take like any other.
  if (again && messages.length > 0) await call();
  world.takes = [{ params, messages, until }, ...world.takes].slice(0, 6);
}

const takeAgain: Make = commandOf("takeAgain", fc.nat(5), async (ago, world, store) => {
  const earlier = world.takes[ago];
  // A hold that is over may be forgotten or not.
  if (earlier === undefined || earlier.until <= world.clock.now()) return;
  const { params } = earlier;
  await world.make("take, repeated", store, 0, (broker) => broker.take({ ...params, max: 0 }));
});

const settle: Make = commandOf(
  "settle",
  fc.record({ via, twice, ago: fc.nat(2), some: fc.nat(7), older: fc.boolean() }),
  async (plan, world, store) => {
    const items = chosen(world.heldAgo(plan.ago), plan.some).map((item) =>
      plan.older ? { ...item, generation: item.generation - 1 } : item,
    );
    const call = () => world.make("settle", store, plan.via, (broker) => broker.settle({ items }));
    await call();
    if (plan.twice) await call();
  },
);

const defer: Make = commandOf(
  "defer",
  fc.record({ via, twice, ago: fc.nat(2), some: fc.nat(7), delayMs }),
  async (plan, world, store) => {
    const items = chosen(world.heldAgo(plan.ago), plan.some).map((item): Deferred => {
      const { taskId, generation, hold } = item;
      return { taskId, generation, hold, delayMs: plan.delayMs };
    });
    const call = () => world.make("defer", store, plan.via, (broker) => broker.defer({ items }));
    await call();
    if (plan.twice) await call();
  },
);

/** Those whose bit is set, or all. */
function chosen<Item>(items: readonly Item[], bits: number): readonly Item[] {
  return bits === 0 ? items : items.filter((_, at) => ((bits >> (at % 3)) & 1) === 1);
}

const advance: Make = commandOf(
  "advance",
  fc.constantFrom(100, 200, 1_000, 60_000),
  async (ms, world) => world.clock.advance(ms),
);

const restart: Make = commandOf("restart", fc.constant(null), async (_, _world, store) =>
  store.restart?.(),
);

/** All that can be taken at the end of time: nothing is lost, nothing is left. */
export async function takeAll(world: World, store: Store): Promise<void> {
  world.clock.advance(120_000);
  const all = QUEUES.map((queue) => ({ queue, names: [...NAMES] }));
  const params = { offers: all, max: 100, hold: world.hold(), holdMs: 60_000 };
  await world.make("take, at the end", store, 0, (broker) => broker.take(params));
}

export const brokerCommands: readonly Make[] = [
  publish,
  publish,
  take,
  take,
  takeAgain,
  settle,
  settle,
  defer,
  advance,
  advance,
  restart,
];
