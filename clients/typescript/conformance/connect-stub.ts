/** The stock stub of connect-es, over any of its transports. */
import {
  ConnectError,
  createClient,
  type CallOptions,
  type Client,
  type Transport,
} from "@connectrpc/connect";
import { ConformanceTasks } from "../../../test/gen/conformance/v1/conformance_pb.ts";
import { reasonIn, type Failed, type Stub, type Told } from "./stub.ts";

/** A stub over a transport with nothing of ours. */
export function connectStub(transport: Transport): Stub {
  const client = createClient(ConformanceTasks, transport);
  return {
    echo: (text) => echo(client, text),
    count: (count) => readAll(client.count({ count }), ({ value }) => value),
    fail: async (request) => failedOf(await rejectionOf(client.fail(request))),
  };
}

/** Calls Wait over a transport that names the task and repeats the call, so that it survives the server. */
export async function waitDurably(transport: Transport, delayMs: number) {
  let taskId: string | undefined;
  const onHeader = (metadata: Headers): void => void ({ taskId } = told(metadata));
  const { attempt, pid } = await createClient(ConformanceTasks, transport).wait(
    { delayMs },
    { onHeader },
  );
  return { task_id: taskId, attempt, pid };
}

async function echo(client: Client<typeof ConformanceTasks>, text: string) {
  const sent = new Headers();
  const gather = (metadata: Headers): void =>
    metadata.forEach((value, key) => sent.set(key, value));
  const headers = { "x-conformance": "yes" };
  const options: CallOptions = { headers, onHeader: gather, onTrailer: gather };
  const response = await client.echo({ text }, options);
  return { text: response.text, metadata: response.metadata, ...told(sent) };
}

function told(metadata: Headers): Told {
  return {
    taskId: metadata.get("qtasks-task-id") ?? undefined,
    state: metadata.get("qtasks-task-state") ?? undefined,
  };
}

function failedOf({ code, rawMessage, metadata, details }: ConnectError): Failed {
  const reasons = details.map((detail) =>
    "type" in detail ? reasonIn(detail.type, detail.value) : undefined,
  );
  const reason = reasons.find((found) => found !== undefined);
  return { code, message: rawMessage, reason, ...told(metadata) };
}

async function rejectionOf(call: Promise<unknown>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error("the call succeeded");
}

async function readAll<T, R>(items: AsyncIterable<T>, each: (item: T) => R): Promise<R[]> {
  const all: R[] = [];
  for await (const item of items) all.push(each(item));
  return all;
}
