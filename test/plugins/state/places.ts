/** Two parties on one storage, for each kind of storage. */
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { PluginScope, QueueTasks } from "../../../src/index.ts";
import { sharedState, type SharedState } from "../../../src/plugins/state/index.ts";
import { memoryApp } from "../../app/memory-app.ts";
import { systemClock } from "../../../src/core/clock.ts";
import { randomPrefix, redisUrl } from "../../support/redis.ts";
import { tempFolder } from "../../support/temp.ts";

export interface Parties {
  readonly one: SharedState<unknown>;
  readonly other: SharedState<unknown>;
  readonly app: QueueTasks;
}

export interface Place {
  readonly name: string;
  /** Both are started, and stopped after the test. */
  readonly setup: (t: TestContext) => Promise<Parties>;
  /** A URL whose data outlives an app. */
  readonly url?: () => Promise<string>;
}

export const PREFIX = "test";

const sqliteUrl = async (): Promise<string> => `sqlite:${join(tempFolder(), "state.db")}`;

const freshRedisUrl = async (): Promise<string> => `${await redisUrl()}?prefix=${randomPrefix()}`;

export const PLACES: readonly Place[] = [
  { name: "memory", setup: (t) => onOneApp(t, "memory:") },
  { name: "sqlite", setup: async (t) => onOneApp(t, await sqliteUrl()), url: sqliteUrl },
  { name: "redis", setup: async (t) => onTwoApps(t, await freshRedisUrl()), url: freshRedisUrl },
];

/** An app with state on a storage, started. */
export async function appOn(t: TestContext, url: string) {
  const app = memoryApp(t, { url });
  const state = sharedState({ prefix: PREFIX });
  await app.use(state).start({ server: false, worker: false });
  return { app, state };
}

async function onTwoApps(t: TestContext, url: string): Promise<Parties> {
  const [{ app, state: one }, { state: other }] = [await appOn(t, url), await appOn(t, url)];
  return { app, one, other };
}

/** One process alone has such a storage: the other party stands in the same app, and shares nothing but the storage. */
async function onOneApp(t: TestContext, url: string): Promise<Parties> {
  const { app, state: one } = await appOn(t, url);
  return { app, one, other: partyOf(app) };
}

/** State on the app's storage, as another server has it. */
export function partyOf(app: QueueTasks): SharedState<unknown> {
  const state = sharedState({ prefix: PREFIX });
  const view = { globalConfig: () => app.globalConfig(), clock: () => systemClock };
  state.install({ app: view, hook: () => undefined } as unknown as PluginScope);
  return state;
}
