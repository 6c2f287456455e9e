/** A client on a fake service, over each way to reach it. */
import { test, type TestContext } from "node:test";

import { createConnectTransport } from "@connectrpc/connect-node";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { connect } from "../../src/client/connect.ts";
import { TaskClient } from "../../src/client/client.ts";
import type { TaskClientOptions } from "../../src/client/client-options.ts";
import { transportCalls } from "../../src/client/transport-calls.ts";
import { startToy } from "../server/toy.ts";
import { FakeTasks } from "./fake-tasks.ts";
import { localCalls } from "./local-calls.ts";

export interface Scene {
  readonly fake: FakeTasks;
  readonly client: TaskClient;
}

type Body = (scene: Scene, t: TestContext) => Promise<void>;

/** Runs the test over gRPC, over a transport of connect-es, and in process. */
export function everyWay(name: string, body: Body): void {
  test(`${name} (gRPC)`, async (t) => body(await overGrpc(t), t));
  test(`${name} (transport)`, async (t) => body(await overTransport(t), t));
  test(`${name} (in process)`, async (t) => body(inProcess(t), t));
}

export async function overGrpc(t: TestContext, options: TaskClientOptions = {}): Promise<Scene> {
  const fake = new FakeTasks();
  const { grpcAddress } = await startToy(t, fake.functions);
  const client = connect({ address: grpcAddress, ...options });
  t.after(() => client.close());
  return { fake, client };
}

/** As browsers reach it, save that Node opens any number of connections. */
export async function overTransport(
  t: TestContext,
  options: TaskClientOptions = {},
): Promise<Scene> {
  const fake = new FakeTasks();
  const { httpUrl: baseUrl } = await startToy(t, fake.functions);
  const transport = createConnectTransport({ baseUrl, httpVersion: "1.1" });
  const client = new TaskClient(transportCalls(TaskService, transport, baseUrl), options);
  t.after(() => client.close());
  return { fake, client };
}

export function inProcess(t: TestContext, options: TaskClientOptions = {}): Scene {
  const fake = new FakeTasks();
  const client = new TaskClient(localCalls(fake.functions), options);
  t.after(() => client.close());
  return { fake, client };
}
