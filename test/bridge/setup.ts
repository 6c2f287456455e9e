/** A QTasks server, and a bridge from it to a target, for one test. */
import type { TestContext } from "node:test";
import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { pino } from "pino";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { Bridge, type BridgeOptions } from "../../src/bridge/bridge.ts";
import { grpcCalls, openChannel } from "../../src/client/index.ts";
import type { EnqueueOptions } from "../../src/core/enqueue-request.ts";
import { protobufPayload } from "../../src/core/payload.ts";
import { QueueTasks, type TaskClient, type TaskHandle } from "../../src/index.ts";

export const SERVICE = "conformance.v1.ConformanceTasks";

export interface Logged {
  readonly msg: string;
  readonly level: number;
}

export interface TestServer {
  readonly app: QueueTasks;
  readonly address: string;
  readonly client: TaskClient;
  /** Runs before the server ends, the latest first: who works for it ends in peace. */
  readonly beforeEnd: (stop: () => Promise<void>) => void;
  /** Runs what would run before the end. */
  readonly endBridges: () => Promise<void>;
  /** Enqueues a method's task. */
  enqueue<S extends DescMessage>(
    method: string,
    schema: S,
    request: MessageInitShape<S>,
    options?: EnqueueOptions,
  ): Promise<TaskHandle>;
}

export async function startServer(t: TestContext): Promise<TestServer> {
  const app = new QueueTasks({
    url: "memory:",
    grpc: "127.0.0.1:0",
    http: false,
    env: {},
    configFile: false,
    logger: pino({ level: "silent" }),
  });
  const stops: (() => Promise<void>)[] = [];
  const endBridges = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  t.after(async () => {
    await endBridges();
    await app.stop();
  });
  await app.start({ worker: false });
  const client = await app.client();
  return {
    app,
    address: app.grpcAddress!,
    client,
    beforeEnd: (stop) => void stops.push(stop),
    endBridges,
    enqueue: (method, schema, request, options) =>
      client.enqueue(
        `${SERVICE}/${method}`,
        protobufPayload(schema, create(schema, request)),
        options,
      ),
  };
}

export interface MadeBridge {
  readonly bridge: Bridge;
  readonly logs: Logged[];
  /** Resolves when a line like this was logged, before or after the call. */
  readonly logged: (pattern: RegExp) => Promise<void>;
}

/** A bridge, not started; stopped when the test ends. */
export function makeBridge(
  server: TestServer,
  target: string,
  options: Partial<BridgeOptions> = {},
): MadeBridge {
  const channel = openChannel({ address: server.address });
  const logs: Logged[] = [];
  const listeners = new Set<() => void>();
  const write = (line: string): void => {
    logs.push(JSON.parse(line) as Logged);
    for (const listener of listeners) listener();
  };
  const bridge = new Bridge({
    target: { address: target },
    worker: {
      calls: grpcCalls(WorkerService, channel),
      system: grpcCalls(SystemService, channel),
      slots: 4,
      graceMs: 2_000,
    },
    logger: pino({ level: "debug" }, { write }),
    ...options,
  });
  server.beforeEnd(async () => {
    await bridge.stop();
    channel.close();
  });
  const logged = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!logs.some(({ msg }) => pattern.test(msg))) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  return { bridge, logs, logged };
}

/** The same, started. */
export async function startBridge(
  server: TestServer,
  target: string,
  options: Partial<BridgeOptions> = {},
): Promise<MadeBridge> {
  const made = makeBridge(server, target, options);
  await made.bridge.start();
  return made;
}

/** Looks again and again, as there is no sign to wait for. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within 10 s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
