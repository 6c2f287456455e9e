/** Random calls of the broker's contract, beside the same ones to memory: every answer must be the model's. */
import { RedisBroker } from "../../src/backends/redis/redis-broker.ts";
import { redisUrl } from "../support/redis.ts";
import { brokerCommands, takeAll } from "./broker/commands.ts";
import { EPOCH_MS, type Store, World } from "./broker/world.ts";
import { DirectBroker } from "./direct-broker.ts";
import { ModelClock } from "./model-clock.ts";
import { modelTest, type ModelRun } from "./model-test.ts";
import { clearAfterwards, freshPrefix } from "./redis-places.ts";
import { steerRedisTime } from "./steered-redis.ts";

const title = "a broker answers as the model does";
const common = { title, commands: brokerCommands, maxCommands: 40 };

function runOf(model: World, real: Store, close: () => Promise<void>): ModelRun<World, Store> {
  return { model, real, close, finish: () => takeAll(model, real) };
}

modelTest({
  ...common,
  subject: "sqlite broker",
  runs: 500,
  open: async () => {
    const world = new World();
    const broker = await DirectBroker.open(world.clock);
    const store: Store = { brokers: [broker], restart: () => broker.engine.restart() };
    return runOf(world, store, async () => broker.engine.close());
  },
});

let redisClock = new ModelClock(EPOCH_MS);
steerRedisTime(() => redisClock);
clearAfterwards();

modelTest({
  ...common,
  subject: "redis broker",
  runs: 200,
  open: async () => {
    const world = new World();
    redisClock = world.clock;
    const options = { url: await redisUrl(), prefix: freshPrefix() };
    const brokers = [new RedisBroker(options), new RedisBroker(options)];
    await Promise.all(brokers.map((broker) => broker.start()));
    return runOf(world, { brokers }, async () => {
      await Promise.all(brokers.map((broker) => broker.stop()));
    });
  },
});
