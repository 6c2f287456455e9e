/** Random calls of the storage's contract, beside the same ones to memory: every answer must be the model's. */
import { RedisStorage } from "../../src/backends/redis/redis-storage.ts";
import { redisUrl } from "../support/redis.ts";
import { DirectStorage } from "./direct-storage.ts";
import { ModelClock } from "./model-clock.ts";
import { modelTest, type ModelRun } from "./model-test.ts";
import { steerRedisTime } from "./steered-redis.ts";
import { storageCommands } from "./storage/commands.ts";
import { lookAtAll } from "./storage/looks.ts";
import { EPOCH_MS, MAX_LOGS, type Store, World } from "./storage/world.ts";
import { clearAfterwards, freshPrefix } from "./redis-places.ts";

const title = "a storage answers as the model does";
const common = { title, commands: storageCommands, maxCommands: 40 };

function runOf(model: World, real: Store, close: () => Promise<void>): ModelRun<World, Store> {
  return { model, real, close, finish: () => lookAtAll(model, real) };
}

modelTest({
  ...common,
  subject: "sqlite storage",
  runs: 1_000,
  open: async () => {
    const world = new World();
    const storage = await DirectStorage.open(world.clock, MAX_LOGS);
    const { engine } = storage;
    const store: Store = {
      joints: [storage],
      poison: () => engine.poison(),
      restart: () => engine.restart(),
      isOneFlush: true,
      hasCoarseHints: false,
    };
    return runOf(world, store, async () => engine.close());
  },
});

let redisClock = new ModelClock(EPOCH_MS);
steerRedisTime(() => redisClock);
clearAfterwards();

modelTest({
  ...common,
  subject: "redis storage",
  maxCommands: 25,
  runs: 400,
  open: async () => {
    const world = new World();
    redisClock = world.clock;
    const options = { url: await redisUrl(), prefix: freshPrefix(), maxLogs: MAX_LOGS };
    const joints = [new RedisStorage(options), new RedisStorage(options)];
    await Promise.all(joints.map((joint) => joint.start()));
    const store: Store = { joints, isOneFlush: false, hasCoarseHints: true };
    return runOf(world, store, async () => {
      await Promise.all(joints.map((joint) => joint.stop()));
    });
  },
});
