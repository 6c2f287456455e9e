/** The commands of the storage's model. */
import fc from "fast-check";
import type { HandOutParams } from "../../../src/storage/joint.ts";
import type { Change, DocumentPut, NewTask, Renewal } from "../../../src/storage/storage.ts";
import { commandOf, type CommandArbitrary } from "../model-test.ts";
import * as calls from "./calls.ts";
import { lookAtAll, lookAtSome, lookPlan } from "./looks.ts";
import * as plans from "./plans.ts";
import { changeOf } from "./successors.ts";
import type { Call, Store, World } from "./world.ts";

type Make = CommandArbitrary<World, Store>;

/** How the calls of a command reach the store. */
const way = fc.record({ via: fc.nat(1), poisoned: fc.boolean(), twice: fc.boolean() });

/** A command of one call. */
function callOf<Params>(
  name: string,
  params: fc.Arbitrary<Params>,
  call: (world: World, params: Params) => Call | undefined,
): Make {
  return commandOf(name, fc.tuple(params, way), async ([chosen, how], world, store) => {
    const made = call(world, chosen);
    if (made !== undefined) await world.make(store, how.twice ? [made, made] : [made], how);
  });
}

const intent = fc.option(fc.nat(3), { freq: 1 });
const intentId = (number: number | null): string | undefined =>
  number === null ? undefined : `${number}`.padStart(32, "0");

const createPlan = fc.record({
  // Of two tasks of one id in a batch, either may be the first.
  tasks: fc.uniqueArray(plans.taskPlan, {
    minLength: 1,
    maxLength: 5,
    selector: ({ task }) => task,
  }),
  intent,
});

function createOf(world: World, plan: typeof createPlan extends fc.Arbitrary<infer P> ? P : never) {
  const tasks: NewTask[] = plan.tasks.map((task) => plans.newTask(world, task));
  return calls.createCall({ tasks, intentId: intentId(plan.intent) });
}

const writePlan = fc.record({
  steps: fc.array(plans.stepPlan, { minLength: 1, maxLength: 4 }),
  intent,
});

type WritePlan = typeof writePlan extends fc.Arbitrary<infer P> ? P : never;

function writeOf(world: World, plan: WritePlan, isMeant = (_id: string): boolean => true) {
  const changes = new Map<string, Change>();
  for (const step of plan.steps) {
    const record = world.version(step.task, step.back);
    if (record === undefined || changes.has(record.id) || !isMeant(record.id)) continue;
    const { now } = world;
    const [nonce, stamp] = [world.nonce(), world.stamp()];
    const made = { ...step, now, delayMs: step.delay, nonce, stamp };
    changes.set(record.id, changeOf(record, made));
  }
  if (changes.size === 0) return undefined;
  return calls.writeCall({ changes: [...changes.values()], intentId: intentId(plan.intent) });
}

const handOutPlan = fc.record({
  offers: plans.offers,
  max: fc.constantFrom(1, 2, 3, 50),
  maxBytes: fc.constantFrom(1, 600, 1e9),
  leaseMs: plans.delay.map((ms) => ms + 100),
  delivered: fc.boolean(),
});

function handOutOf(
  world: World,
  plan: typeof handOutPlan extends fc.Arbitrary<infer P> ? P : never,
) {
  const lease = { sessionId: "session", workerId: "wörker" };
  const params: HandOutParams = { ...plan, ...lease, nonce: world.nonce() };
  world.noteHandOut(params);
  return calls.handOutCall(params);
}

const renewPlan = fc.array(
  fc.record({ task: plans.task, back: plans.back, delay: plans.delay, older: fc.boolean() }),
  { minLength: 1, maxLength: 3 },
);

const documentPlan = fc.record({
  kind: fc.constantFrom("d", "e"),
  key: fc.constantFrom("1", "2", "3"),
  value: fc.nat(2),
  ttlMs: fc.constantFrom(undefined, 1_000, 60_000),
  expectedVersion: fc.constantFrom(undefined, undefined, 0, 1, 2),
  notify: fc.boolean(),
});
const documentKey = fc.record({
  kind: fc.constantFrom("d", "e"),
  key: fc.constantFrom("1", "2", "3"),
});

/** Several writes of one turn: on SQLite one transaction, which may fail at first. */
const together: Make = commandOf(
  "together",
  fc.record({
    first: handOutPlan,
    create: createPlan,
    write: writePlan,
    second: handOutPlan,
    poisoned: fc.boolean(),
  }),
  async ({ first, create, write, second, poisoned }, world, store) => {
    const all = [
      handOutOf(world, first),
      createOf(world, create),
      // A task that is gone may come again in this very turn.
      writeOf(world, write, (id) => !world.isGone(id)),
      handOutOf(world, second),
    ];
    await world.make(
      store,
      all.filter((call) => call !== undefined),
      { poisoned },
    );
  },
);

export const storageCommands: readonly Make[] = [
  callOf("create", createPlan, createOf),
  callOf("write", writePlan, (world, plan) => writeOf(world, plan)),
  callOf("handOut", handOutPlan, handOutOf),
  together,
  callOf("write", writePlan, (world, plan) => writeOf(world, plan)),
  callOf("handOut", handOutPlan, handOutOf),
  callOf("renew", renewPlan, (world, plan) => {
    const renewals = plan.flatMap(({ task, back, delay, older }): Renewal[] => {
      const record = world.version(task, back);
      if (record === undefined || record.nonce === "") return [];
      const attempt = older ? record.attempt - 1 : record.attempt;
      return [{ id: record.id, attempt, nonce: record.nonce, leaseMs: delay + 100 }];
    });
    return renewals.length === 0 ? undefined : calls.renewCall(renewals);
  }),
  callOf(
    "remove",
    fc.array(fc.tuple(plans.task, plans.back), { minLength: 1, maxLength: 4 }),
    (world, plan) =>
      calls.removeCall(
        plan.map(([task, back]) => {
          const { id = world.ids[task]!, revision = 1 } = world.version(task, back) ?? {};
          return { id, revision };
        }),
      ),
  ),
  callOf("purge", fc.constant(null), () => calls.purgeCall()),
  callOf("dropIntents", fc.nat(3), (_, number) => calls.dropIntentsCall([intentId(number)!])),
  callOf("putDocuments", fc.array(documentPlan, { minLength: 1, maxLength: 3 }), (_, plan) =>
    calls.putCall(
      plan.map(({ value, ...rest }): DocumentPut => ({ ...rest, value: Buffer.from([value]) })),
    ),
  ),
  callOf("removeDocuments", fc.array(documentKey, { minLength: 1, maxLength: 2 }), (_, keys) =>
    calls.dropDocumentsCall(keys),
  ),
  callOf("again", fc.nat(7), (world, ago) => world.earlier(ago)),
  callOf("handOutAgain", fc.nat(7), (world, ago) => {
    const params = world.earlierHandOut(ago);
    return params && calls.handOutCall(params);
  }),
  commandOf("advance", fc.constantFrom(100, 200, 1_000, 5_000, 60_000), async (ms, world) =>
    world.clock.advance(ms),
  ),
  commandOf("advance", fc.constantFrom(100, 200, 1_000, 5_000, 60_000), async (ms, world) =>
    world.clock.advance(ms),
  ),
  commandOf("restart", fc.constant(null), async (_, world, store) => {
    if (store.restart === undefined) return;
    store.restart();
    world.forgetHandOuts();
  }),
  commandOf("look", lookPlan, lookAtSome),
  commandOf("lookAtAll", fc.constant(null), (_, world, store) => lookAtAll(world, store)),
];
