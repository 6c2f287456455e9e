/**
 * Calls to a service, whatever lies between: a socket, or nothing where the service is in this
 * process. Clients and workers are written against this type alone.
 */
import type {
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";

export interface CallOptions {
  /** Ends the call; the promise rejects with CALL_CANCELED. */
  readonly signal?: AbortSignal | undefined;
  /** Deadline of the call in ms from now; unset: none. */
  readonly timeoutMs?: number | undefined;
}

/** The methods of a service by local name. Failures are {@link QTasksError}s with the server's reason. */
export type ServiceCalls<S extends DescService> = {
  readonly [M in keyof S["method"]]: S["method"][M] extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
    : S["method"][M] extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
      : never;
};
