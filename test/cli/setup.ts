/** The real command line, as a process, against a service whose tasks the test ends. */
import type { TestContext } from "node:test";

import type { MessageInitShape } from "@bufbuild/protobuf";

import { AdminService, type QueueSchema } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { Server } from "../../src/server/server.ts";
import {
  defineService,
  type ServiceDefinition,
  type ServiceFunctions,
} from "../../src/server/service.ts";
import { FakeTasks } from "../client/fake-tasks.ts";
import { testLog } from "../server/toy.ts";
import { runCli, startCli, type Finished, type RunningProcess } from "../support/process.ts";

export interface CliScene {
  readonly fake: FakeTasks;
  /** Queues that are paused. */
  readonly paused: Set<string>;
  /** Sessions that were asked to drain, with the reason. */
  readonly drained: string[];
  /** Runs the command to its end. */
  readonly run: (args: readonly string[], input?: string) => Promise<Finished>;
  /** Starts the command. */
  readonly start: (args: readonly string[]) => RunningProcess;
}

/** Starts the service on a free port; all is over when the test ends. */
export async function setup(t: TestContext): Promise<CliScene> {
  const fake = new FakeTasks();
  const paused = new Set<string>();
  const drained: string[] = [];
  const server = new Server({
    services: [
      partial(TaskService, fake.functions),
      partial(SystemService, systemFunctions()),
      partial(AdminService, adminFunctions(paused, drained)),
    ],
    logger: testLog().logger,
    grpc: "127.0.0.1:0",
    http: false,
    graceMs: 100,
  });
  await server.start();
  t.after(() => server.stop());
  const options = { env: { QTASKS_SERVER: server.grpcAddress ?? "", NO_COLOR: "1" } };
  return {
    fake,
    paused,
    drained,
    run: (args, input) => runCli(t, args, input === undefined ? options : { ...options, input }),
    start: (args) => startCli(t, args, options),
  };
}

function systemFunctions(): Partial<ServiceFunctions<typeof SystemService>> {
  return {
    getSystemInfo: async () => ({}),
    listTaskDefinitions: async () => ({
      definitions: [
        { definition: { name: "mail.send", options: { queue: "mail" } }, workerCount: 2 },
      ],
    }),
  };
}

function adminFunctions(
  paused: Set<string>,
  drained: string[],
): Partial<ServiceFunctions<typeof AdminService>> {
  const queue = (name: string): MessageInitShape<typeof QueueSchema> => ({
    name,
    paused: paused.has(name),
    states: [{ state: TaskState.PENDING, count: 7n }],
  });
  return {
    listQueues: async ({ pageToken }) =>
      pageToken === ""
        ? { queues: [queue("default")], nextPageToken: "next" }
        : { queues: [queue("mail")] },
    getQueue: async ({ name }) => {
      if (name !== "mail") throw new QTasksError("QUEUE_NOT_FOUND", `no queue ${name}`);
      return { queue: queue(name) };
    },
    pauseQueue: async ({ name }) => {
      paused.add(name);
      return { queue: queue(name) };
    },
    resumeQueue: async ({ name }) => {
      paused.delete(name);
      return { queue: queue(name) };
    },
    listWorkers: async () => ({
      workers: [{ sessionId: "s1", workerId: "host-1", state: 1, slots: 10, usedSlots: 3 }],
    }),
    drainWorker: async ({ sessionId, reason }) => {
      drained.push(`${sessionId} ${reason}`);
      return { worker: { sessionId, state: 3 } };
    },
  };
}

function partial<S extends typeof TaskService | typeof SystemService | typeof AdminService>(
  service: S,
  functions: Partial<ServiceFunctions<S>>,
): ServiceDefinition {
  const missing = (name: string) => () => {
    throw new QTasksError("METHOD_NOT_FOUND", `${name} is not part of this fake`);
  };
  const all = service.methods.map(({ localName }) => [localName, missing(localName)]);
  return defineService(service, {
    ...Object.fromEntries(all),
    ...functions,
  } as ServiceFunctions<S>);
}

/** The objects of JSON lines. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
