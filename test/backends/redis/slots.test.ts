/**
 * The contracts on a Redis in cluster mode, one node with all slots: it refuses every script and command
 * whose keys are not in one slot, so that the design of the keys is held.
 */
import { after } from "node:test";
import { RedisBroker } from "../../../src/backends/redis/redis-broker.ts";
import { RedisStorage } from "../../../src/backends/redis/redis-storage.ts";
import { brokerContract } from "../../../src/testing/contract/broker-contract.ts";
import { jointContract } from "../../../src/testing/contract/joint-contract.ts";
import { eventually, type Fresh } from "../../../src/testing/contract/setup.ts";
import { storageContract } from "../../../src/testing/contract/storage-contract.ts";
import { randomPrefix, startRedis } from "../../support/redis.ts";
import { withRedis } from "./fresh.ts";

const server = await startRedis({ args: ["--cluster-enabled", "yes"] });
after(() => server.stop());
await withRedis(server.url, async (redis) => {
  await redis.call("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
  await eventually("the cluster", async () =>
    String(await redis.call("CLUSTER", "INFO")).includes("cluster_state:ok") ? true : undefined,
  );
});

async function fresh<Component extends { start(): Promise<void>; stop(): Promise<void> }>(
  make: (options: { url: string; prefix: string }) => Component,
): Promise<Fresh<Component>> {
  const subject = make({ url: server.url, prefix: randomPrefix() });
  await subject.start();
  return { subject, close: () => subject.stop() };
}

const storage = () => fresh((options) => new RedisStorage(options));
storageContract("redis in cluster mode", storage);
jointContract("redis in cluster mode", storage);
brokerContract("redis in cluster mode", () => fresh((options) => new RedisBroker(options)));
