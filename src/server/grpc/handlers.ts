/** Streaming functions of a service as grpc-js handlers over raw bytes. */
import { once } from "node:events";

import type { DescMethod } from "@bufbuild/protobuf";
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  ServerDuplexStream,
  ServerWritableStream,
} from "@grpc/grpc-js";

import { QTasksError } from "../../core/errors.ts";
import type { Call } from "../call.ts";
import type { Calls } from "../calls.ts";
import { callCanceled } from "../errors.ts";
import type { AnyBidi, AnyStreaming } from "../service.ts";
import { cancel, openCall } from "./call-init.ts";
import { decode, encode } from "../codec.ts";
import { grpcStatus } from "./status.ts";

/** What a handler needs beside the function. */
export interface HandlerParams {
  readonly method: DescMethod;
  /** `package.Service/Method`. */
  readonly name: string;
  readonly calls: Calls;
  readonly maxMessageBytes: number;
}

/** One request, a stream of answers. */
export function streamingHandler(
  params: HandlerParams,
  fn: AnyStreaming,
): handleServerStreamingCall<Buffer, Buffer> {
  const { method, maxMessageBytes } = params;
  return (stream) => {
    const call = open(params, stream);
    const work = () => fn(decode(method.input, stream.request, maxMessageBytes), call);
    void send(stream, call, params.calls.stream(call, work), params);
  };
}

/** A stream of requests, a stream of answers. */
export function bidiHandler(
  params: HandlerParams,
  fn: AnyBidi,
): handleBidiStreamingCall<Buffer, Buffer> {
  const { method, maxMessageBytes } = params;
  return (stream) => {
    const call = open(params, stream);
    async function* requests() {
      // The stream must outlive the loop: the status is sent on it.
      for await (const bytes of stream.iterator({ destroyOnReturn: false })) {
        yield decode(method.input, bytes as Buffer, maxMessageBytes);
      }
    }
    void send(
      stream,
      call,
      params.calls.stream(call, () => fn(requests(), call)),
      params,
    );
  };
}

function open({ calls, name }: HandlerParams, stream: Sink): Call {
  const { metadata } = stream;
  const call = openCall(calls, { method: name, metadata, deadline: stream.getDeadline() });
  stream.once("cancelled", () => cancel(call));
  return call;
}

type Sink = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

/** Sends answers as fast as the caller reads them; without the wait they would pile up here. */
async function send(
  sink: Sink,
  call: Call,
  answers: AsyncIterable<object>,
  { method, maxMessageBytes }: HandlerParams,
): Promise<void> {
  try {
    for await (const answer of answers) {
      const flowing = sink.write(encode(method.output, answer, maxMessageBytes));
      if (!flowing) await once(sink, "drain", { signal: call.signal });
    }
    sink.end();
  } catch (thrown) {
    sink.emit("error", grpcStatus(thrown instanceof QTasksError ? thrown : endOf(call)));
  }
}

/** Only the wait for `drain` throws anything else, and only when the call was aborted. */
function endOf(call: Call): QTasksError {
  return call.aborted ?? callCanceled();
}
