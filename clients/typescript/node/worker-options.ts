/** What a worker is made with. */
import type { ChannelInit } from "../../../src/client/channel.ts";
import type { WorkerOptions as RunnerOptions } from "../../../src/worker/options.ts";

type Own =
  "slots" | "queues" | "labels" | "graceMs" | "workerId" | "buildId" | "logger" | "executor";

/** All optional: where the server is and how it is reached, and how much the worker takes. */
export interface WorkerOptions extends ChannelInit, Pick<RunnerOptions, Own> {}
