/** Calls of users' methods over gRPC. Bytes pass through, and one kind of handler serves unary and streaming methods. */
import { once } from "node:events";

import {
  Metadata,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type ServerWritableStream,
} from "@grpc/grpc-js";

import { TASK_ID_KEY } from "../../core/call-keys.ts";
import { bufferOf } from "../../core/bytes.ts";
import { QTasksError } from "../../core/errors.ts";
import type { Call } from "../call.ts";
import type { Calls } from "../calls.ts";
import type { CallStatus } from "../durable/call-outcome.ts";
import type { CallEvent } from "../durable/durable-call.ts";
import { streamingKind, type DurableCalls } from "../durable/durable-calls.ts";
import { callCanceled } from "../errors.ts";
import { cancel, openCall } from "./call-init.ts";
import { grpcStatus } from "./status.ts";

type Sink = ServerWritableStream<Buffer, Buffer>;

/** Runs the calls of one method, `package.Service/Method`. */
export function durableHandler(
  name: string,
  durable: DurableCalls,
  calls: Calls,
): handleServerStreamingCall<Buffer, Buffer> {
  return (sink) => {
    const { metadata } = sink;
    const call = openCall(calls, { method: name, metadata, deadline: sink.getDeadline() });
    sink.once("cancelled", () => cancel(call));
    void answer(
      sink,
      call,
      calls.stream(call, () => durable.call(name, sink.request, call)),
    );
  };
}

/** Refuses a method whose requests are a stream. */
export function refusingHandler(name: string): handleBidiStreamingCall<Buffer, Buffer> {
  return (sink) => void sink.emit("error", grpcStatus(streamingKind(name)));
}

/** A fault of the service is sent without headers, so that a client may repeat the call; an outcome never is. */
async function answer(sink: Sink, call: Call, events: AsyncIterable<CallEvent>): Promise<void> {
  try {
    for await (const event of events) {
      if (event.kind === "headers") sink.sendMetadata(metadataOf({ [TASK_ID_KEY]: event.taskId }));
      else if (event.kind === "status") finish(sink, event.status);
      else if (!sink.write(bufferOf(event.bytes)))
        await once(sink, "drain", { signal: call.signal });
    }
  } catch (thrown) {
    const error = thrown instanceof QTasksError ? thrown : (call.aborted ?? callCanceled());
    sink.emit("error", grpcStatus(error));
  }
}

function finish(sink: Sink, { code, message, details, trailers }: CallStatus): void {
  const metadata = metadataOf(trailers);
  if (code === 0) return sink.end(metadata);
  if (details !== undefined) metadata.set("grpc-status-details-bin", bufferOf(details));
  sink.emit("error", { code, details: message, metadata });
}

function metadataOf(entries: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
}
