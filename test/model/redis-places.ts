/** Places in the Redis of a test process, one for each run of a model. */
import { after } from "node:test";
import { randomPrefix, redisUrl } from "../support/redis.ts";
import { withRedis } from "../backends/redis/fresh.ts";

const ours = randomPrefix();

/** A prefix that no other run has; its keys are deleted when the test file is done. */
export function freshPrefix(): string {
  return `${ours}-${crypto.randomUUID().slice(0, 8)}`;
}

/** To be called by each test file that uses {@link freshPrefix}. */
export function clearAfterwards(): void {
  after(async () => {
    await withRedis(await redisUrl(), async (redis) => {
      for await (const page of redis.scanStream({ match: `{${ours}-*`, count: 1_000 })) {
        const keys = page as string[];
        if (keys.length > 0) await redis.unlink(...keys);
      }
    });
  });
}
