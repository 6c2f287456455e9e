/** What an implementation gives to the suites of this folder, and how their tests are run. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Broker } from "../../broker/broker.ts";
import type { Joint } from "../../storage/joint.ts";
import type { Storage } from "../../storage/storage.ts";
import { plain } from "./records.ts";

/** A started component over data of its own (a fresh file, a random prefix), made for one test. */
export interface Fresh<Component> {
  /** What is tested, after its `start`. */
  readonly subject: Component;
  /** Stops everything that was opened and deletes the data. Called after the test, whatever became of it. */
  close(): Promise<void>;
  /**
   * Opens the same data once more, started: beside the subject where it is distributed, after its stop
   * where it is durable only. Unset where it is neither; tests of what outlives a restart then pass at once.
   */
  reopen?(): Promise<Component>;
}

/**
 * Makes a fresh component; the suites call it before each of their tests.
 *
 *     const setup = async () => {
 *       const folder = await mkdtemp(join(tmpdir(), "broker-"));
 *       const open = async () => {
 *         const broker = new FileBroker({ folder });
 *         await broker.start();
 *         return broker;
 *       };
 *       const subject = await open();
 *       return { subject, reopen: open, close: async () => { await subject.stop(); await rm(folder, { recursive: true }); } };
 *     };
 *     brokerContract("files", setup);
 *
 * in a test file that `node --test` runs.
 */
export type Setup<Component> = () => Promise<Fresh<Component>>;
export type StorageSetup = Setup<Storage>;
export type JointSetup = Setup<Joint>;
export type BrokerSetup = Setup<Broker>;

/** What a test of a suite gets. */
export interface Stage<Component> {
  /** Calls every method twice. */
  readonly subject: Component;
  /** The component itself, for what must not be repeated. */
  readonly once: Component;
  /** {@link Fresh.reopen}, for components that call every method twice as well. */
  readonly reopen: (() => Promise<Component>) | undefined;
}

/** Declares a test over a fresh component. */
export type Declare<Component> = (
  title: string,
  body: (stage: Stage<Component>) => Promise<void>,
) => void;

/** A {@link Declare} that sets up before each test and closes after it, whatever happened. */
export function declareWith<Component>(
  setup: Setup<Component>,
  twice: (component: Component) => Component,
): Declare<Component> {
  return (title, body) => {
    test(title, async () => {
      const fresh = await setup();
      const reopen = fresh.reopen && (async () => twice(await fresh.reopen!()));
      try {
        await body({ subject: twice(fresh.subject), once: fresh.subject, reopen });
      } finally {
        await fresh.close();
      }
    });
  };
}

/** How long the suites wait for what must come, in ms. */
const PATIENCE_MS = 10_000;
const POLL_MS = 5;

/** Asks until there is an answer; fails after 10 s, saying what was waited for. */
export async function eventually<Value>(
  what: string,
  ask: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) assert.fail(`never came: ${what}`);
    await sleep(POLL_MS);
  }
}

/** Waits until the storage's clock has passed that time. */
export async function passed(storage: Storage, at: number): Promise<void> {
  await eventually(`the time ${at}`, () => (storage.now() > at ? true : undefined));
}

/** Deep equality in which a Buffer equals a Uint8Array and an undefined field a missing one. */
export function assertSame(actual: unknown, expected: unknown, message?: string): void {
  assert.deepStrictEqual(plain(actual), plain(expected), message);
}
