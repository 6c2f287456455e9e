/** The servers of one scenario over one place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { QTasksError } from "../../../src/core/errors.ts";
import {
  clearPlace,
  openParts,
  type BrokerShelf,
  type Place,
  type PlaceSetup,
} from "../backend/places.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import { Server, type ServerOptions } from "./server.ts";

export class Site {
  readonly place: Place;
  readonly #servers: Server[] = [];

  constructor(place: Place) {
    this.place = place;
  }

  /** A server on the place's data, started; waits for a lock that a server before it has left. */
  async open(options: ServerOptions = {}): Promise<Server> {
    return eventually("a server that starts", async () => {
      const server = new Server(openParts(this.place), options);
      try {
        await server.start();
      } catch (error) {
        if (error instanceof QTasksError && error.reason === "BACKEND_MISMATCH") return undefined;
        throw error;
      }
      this.#servers.push(server);
      return server;
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    await clearPlace(this.place);
  }
}

/** The broker of a pair. */
export function brokerOf({ place }: Site): BrokerShelf {
  assert.equal(place.kind, "composed");
  return place.broker;
}

export type DeclareScenario = (title: string, body: (site: Site) => Promise<void>) => void;

/** A {@link DeclareScenario} over a fresh place for each scenario. */
export function declareScenario(setup: PlaceSetup): DeclareScenario {
  return (title, body) => {
    test(title, async () => {
      const site = new Site(await setup());
      try {
        await body(site);
      } finally {
        await site.close();
      }
    });
  };
}
