/** What a worker is made with. */
import type { ChannelInit } from "../../../src/client/channel.ts";
import { checkConfigOptions, type NamesOf } from "../../../src/core/known-options.ts";
import type { WorkerOptions as RunnerOptions } from "../../../src/worker/options.ts";

type Own =
  "slots" | "queues" | "labels" | "graceMs" | "workerId" | "buildId" | "logger" | "executor";

/** All optional: where the server is and how it is reached, and how much the worker takes. */
export interface WorkerOptions extends ChannelInit, Pick<RunnerOptions, Own> {}

const KNOWN: NamesOf<WorkerOptions> = {
  address: true,
  token: true,
  tls: true,
  insecure: true,
  slots: true,
  queues: true,
  labels: true,
  graceMs: true,
  workerId: true,
  buildId: true,
  logger: true,
  executor: true,
};

/** CONFIG_INVALID naming each option that there is not, and the one that was probably meant. */
export function checkWorkerOptions(options: WorkerOptions): void {
  checkConfigOptions("Worker", options, KNOWN);
}
