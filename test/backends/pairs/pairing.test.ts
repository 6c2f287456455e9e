/** Pairs that can't work together refuse to start and say why; what is free again is known as free. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { pino } from "pino";
import { MemoryBroker } from "../../../src/backends/memory/memory-broker.ts";
import { MemoryStorage } from "../../../src/backends/memory/memory-storage.ts";
import type { Broker } from "../../../src/broker/broker.ts";
import { QTasksError } from "../../../src/core/errors.ts";
import { Pipeline } from "../../../src/pipeline/pipeline.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import type { BrokerShelf, StorageShelf } from "../../contract/backend/places.ts";
import { faulty } from "../../../src/testing/faults/faulty.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import { brokerShelves, storageShelves, type Datastore } from "./shelves.ts";

const logger = pino({ level: "silent" });
/** Long enough for a server to start within it on a busy machine, an fsync or two included. */
const PAIRING_TTL_MS = 1_500;

/** Servers and data of one test, which are stopped and cleared after it. */
class Bench {
  readonly #shelves: (StorageShelf | BrokerShelf)[] = [];
  readonly #servers: Pipeline[] = [];

  constructor(context: TestContext) {
    context.after(async () => {
      await Promise.all(this.#servers.map((server) => server.stop()));
      await Promise.all(this.#shelves.map((shelf) => shelf.clear()));
    });
  }

  async storage(datastore: Datastore): Promise<StorageShelf> {
    const shelf = await storageShelves[datastore]();
    this.#shelves.push(shelf);
    return shelf;
  }

  async broker(datastore: Datastore): Promise<BrokerShelf> {
    const shelf = await brokerShelves[datastore]();
    this.#shelves.push(shelf);
    return shelf;
  }

  /** A server, not started. */
  server(storage: Storage, broker: Broker): Pipeline {
    const timings = { pairingTtlMs: PAIRING_TTL_MS, reconcileIntervalMs: 50 };
    const server = new Pipeline({ backend: { storage, broker }, logger, timings });
    this.#servers.push(server);
    return server;
  }
}

async function assertRefused(server: Pipeline, why: RegExp): Promise<void> {
  await assert.rejects(server.start(), (error) => {
    assert.ok(error instanceof QTasksError && error.reason === "BACKEND_MISMATCH", String(error));
    assert.match(error.message, why);
    return true;
  });
}

async function startsEventually(server: Pipeline): Promise<void> {
  await eventually("a server that starts", () =>
    server.start().then(
      () => true,
      (error: unknown) => {
        assert.ok(
          error instanceof QTasksError && error.reason === "BACKEND_MISMATCH",
          String(error),
        );
        return undefined;
      },
    ),
  );
}

/** The broker of a server that dies when told to: none of its calls arrives from then on. */
function mortal<Component extends Storage | Broker>(
  component: Component,
  life: { isOver: boolean },
): Component {
  return faulty(component, () => {
    if (life.isOver) throw new Error("the server is dead, as the test asks for");
  });
}

for (const datastore of ["memory", "sqlite"] as const) {
  test(`redis storage: a server with a ${datastore} broker has it for itself until it stops`, async (t) => {
    const bench = new Bench(t);
    const storage = await bench.storage("redis");
    const [one, two] = [await bench.broker(datastore), await bench.broker(datastore)];
    const first = bench.server(storage.open(), one.open());
    const second = bench.server(storage.open(), two.open());
    await first.start();
    await assertRefused(second, /another server runs this storage with a broker of its own/);
    // Longer than the lock lasts: it is renewed.
    await new Promise((resolve) => setTimeout(resolve, 2 * PAIRING_TTL_MS));
    await assertRefused(second, /another server runs this storage/);
    await first.stop();
    await second.start();
    await second.backend.ping();
  });

  test(`redis storage: a ${datastore} broker's server that died frees it by expiry`, async (t) => {
    const bench = new Bench(t);
    const storage = await bench.storage("redis");
    const [one, two] = [await bench.broker(datastore), await bench.broker(datastore)];
    const life = { isOver: false };
    const first = bench.server(mortal(storage.open(), life), mortal(one.open(), life));
    await first.start();
    life.isOver = true;
    const second = bench.server(storage.open(), two.open());
    await assertRefused(second, /another server runs this storage/);
    await startsEventually(second);
    life.isOver = false;
    // The first one lives again: it must not take what is another's now.
    await eventually("the first one's notice of it", () =>
      first.backend.ping().then(
        () => undefined,
        () => true,
      ),
    );
    await first.stop();
    await second.backend.ping();
    await assertRefused(bench.server(storage.open(), one.open()), /another server runs/);
  });
}

for (const datastore of ["memory", "sqlite", "redis"] as const)
  test(`one redis broker does not serve a ${datastore} storage beside another`, async (t) => {
    const bench = new Bench(t);
    const broker = await bench.broker("redis");
    const [one, two] = [await bench.storage(datastore), await bench.storage(datastore)];
    const first = bench.server(one.open(), broker.open());
    const second = bench.server(two.open(), broker.open());
    await first.start();
    await assertRefused(second, /the broker serves another storage/);
    await first.stop();
    await assertRefused(second, /the broker serves another storage/);
    const again = bench.server(one.open(), broker.open());
    await again.start();
  });

test("servers on one redis storage share one redis broker", async (t) => {
  const bench = new Bench(t);
  const storage = await bench.storage("redis");
  const [broker, other] = [await bench.broker("redis"), await bench.broker("redis")];
  const servers = Array.from({ length: 4 }, () => bench.server(storage.open(), broker.open()));
  await Promise.all(servers.map((server) => server.start()));
  const stranger = bench.server(storage.open(), other.open());
  await assertRefused(stranger, /the storage is served by another broker/);
  await new Promise((resolve) => setTimeout(resolve, 2 * PAIRING_TTL_MS));
  for (const server of servers) await server.backend.ping();
  await assertRefused(stranger, /the storage is served by another broker/);
  await Promise.all(servers.map((server) => server.stop()));
  await startsEventually(stranger);
});

test("a redis broker that is flushed stays the broker of its storage", async (t) => {
  const bench = new Bench(t);
  const [storage, broker] = [await bench.storage("redis"), await bench.broker("redis")];
  const first = bench.server(storage.open(), broker.open());
  await first.start();
  await broker.empty();
  const second = bench.server(storage.open(), broker.open());
  await startsEventually(second);
  await new Promise((resolve) => setTimeout(resolve, 2 * PAIRING_TTL_MS));
  await Promise.all([first.backend.ping(), second.backend.ping()]);
  const foreign = bench.server((await bench.storage("redis")).open(), broker.open());
  await assertRefused(foreign, /the broker serves another storage/);
});

test("a storage in one process takes any broker that is free", async (t) => {
  const bench = new Bench(t);
  const storage = new MemoryStorage();
  for (let round = 0; round < 3; round++) {
    const server = bench.server(storage, new MemoryBroker());
    await server.start();
    await server.stop();
  }
});
