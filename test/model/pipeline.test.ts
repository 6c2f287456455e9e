/** Random lives of tasks through the services, with servers that are killed between any two of their writes. */
import { modelTest } from "./model-test.ts";
import { pipelineCommands } from "./pipeline/commands.ts";
import { endWell } from "./pipeline/ending.ts";
import { MovedClock } from "./pipeline/moved-clock.ts";
import { openPlace, type Datastore } from "./pipeline/places.ts";
import { Site } from "./pipeline/site.ts";
import { clearAfterwards } from "./redis-places.ts";
import { steerRedisTime } from "./steered-redis.ts";

interface Subject {
  readonly storage: Datastore;
  /** Unset: joint. */
  readonly broker?: Datastore;
  readonly runs: number;
}

const SUBJECTS: readonly Subject[] = [
  { storage: "memory", runs: 100 },
  { storage: "sqlite", runs: 100 },
  { storage: "redis", runs: 50 },
  { storage: "sqlite", broker: "memory", runs: 60 },
  { storage: "sqlite", broker: "redis", runs: 30 },
  { storage: "redis", broker: "sqlite", runs: 30 },
  { storage: "redis", broker: "redis", runs: 30 },
  { storage: "memory", broker: "sqlite", runs: 60 },
];

let clock = new MovedClock();
steerRedisTime(() => clock);
clearAfterwards();

for (const { storage, broker, runs } of SUBJECTS)
  modelTest({
    subject: `${broker === undefined ? storage : `${storage}+${broker}`} pipeline`,
    title: "nothing is lost or doubled, whatever is killed",
    runs,
    maxCommands: 60,
    commands: pipelineCommands,
    open: async () => {
      clock = new MovedClock();
      const site = new Site(await openPlace(storage, broker, clock), clock);
      await site.start();
      return { model: site, real: site, finish: () => endWell(site), close: () => site.close() };
    },
  });
