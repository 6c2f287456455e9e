/** Components that a program brings along, in place of those that the configuration names. */
import { throwConfigFaults, unknownOptions, type NamesOf } from "../core/known-options.ts";
import type { Logger } from "pino";
import type { Broker } from "../broker/broker.ts";
import type { Config } from "../config/options.ts";
import type { TimerClock } from "../core/clock.ts";
import { QTasksError } from "../core/errors.ts";
import { notClock, notExecutor, notFunction } from "../core/kinds.ts";
import type { Joint } from "../storage/joint.ts";
import type { Storage } from "../storage/storage.ts";
import type { Executor } from "../worker/executor.ts";

/** What a component is made with. */
export interface ComponentParts {
  readonly config: Config;
  readonly logger: Logger;
}

type Make<Component> = (parts: ComponentParts) => Component | Promise<Component>;

/** Those that are made here are made anew for each start, not started, and stopped by the app. */
export interface Components {
  /** @default that of `broker`, or of `url` */
  readonly broker?: Make<Broker> | undefined;
  /** @default that of `storage`, or of `url` */
  readonly storage?: Make<Storage> | undefined;
  /** Broker and storage in one; the URLs are not used then. */
  readonly joint?: Make<Joint> | undefined;
  /** Runs handlers that name none of their own. @default on this thread */
  readonly executor?: Executor | undefined;
  /**
   * What the app waits by for due times, deadlines, timeouts, heartbeats and retention. A storage or broker that is made
   * here has a clock of its own: give it this one.
   * @default the machine's clock
   */
  readonly clock?: TimerClock | undefined;
  /** Draws the jitter of retries, 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** Their names; the compiler sees to it that none is missing. */
const COMPONENTS: NamesOf<Components> = {
  broker: true,
  storage: true,
  joint: true,
  executor: true,
  clock: true,
  random: true,
};

/** CONFIG_INVALID for a component that there is not, and for a value that is none. */
export function checkKinds(components: Components): void {
  const { broker, storage, joint, random, executor, clock } = Object(components) as Components;
  throwConfigFaults("components", [
    ...unknownOptions(components, COMPONENTS),
    ...Object.entries({ broker, storage, joint, random }).flatMap(([name, given]) =>
      notFunction(name, given),
    ),
    ...notExecutor("executor", executor),
    ...notClock("clock", clock),
  ]);
}

/** CONFIG_INVALID for a pair and a joint one at once. */
export function checkComponents({ broker, storage, joint }: Components): void {
  if (joint === undefined || (broker === undefined && storage === undefined)) return;
  throw new QTasksError(
    "CONFIG_INVALID",
    "components: expected joint, or broker and storage; got both",
  );
}
