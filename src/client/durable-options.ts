/** Durable calls by stock stubs of grpc-js: a call that names its task can be repeated. */
import { InterceptingCall, type ClientOptions, type Interceptor } from "@grpc/grpc-js";

import { uuidv7 } from "../core/ids.ts";
import { TASK_ID_KEY } from "../core/call-keys.ts";

// With pauses of up to 5 s, about 30 s in all.
const MAX_ATTEMPTS = 11;
const RETRY_POLICY = {
  maxAttempts: MAX_ATTEMPTS,
  initialBackoff: "0.2s",
  maxBackoff: "5s",
  backoffMultiplier: 2,
  retryableStatusCodes: ["UNAVAILABLE"],
};
/** A request that is kept for a repeat: a payload of 1 MiB with what is around it. */
const REQUEST_BYTES = 4 << 20;

/** Gives a call of a stock stub a task id where its metadata has none. */
export const taskIdInterceptor: Interceptor = (options, nextCall) =>
  new InterceptingCall(nextCall(options), {
    start: (metadata, listener, next) => {
      if (metadata.get(TASK_ID_KEY).length > 0) return next(metadata, listener);
      // A caller may use one Metadata for several calls: they are several tasks.
      const own = metadata.clone();
      own.set(TASK_ID_KEY, uuidv7());
      next(own, listener);
    },
  });

/**
 * Options for stock stubs whose methods are tasks, as in `new MailTasksClient(address, credentials, durableOptions())`:
 * each call carries a task id and is repeated on UNAVAILABLE for about 30 s, so that it survives its connection and the
 * server. `options` are laid over them; interceptors are put before the one that sets the id.
 */
export function durableOptions(options: ClientOptions = {}): ClientOptions {
  return {
    "grpc.service_config": JSON.stringify({
      loadBalancingConfig: [],
      methodConfig: [{ name: [{}], retryPolicy: RETRY_POLICY }],
    }),
    "grpc.service_config_disable_resolution": 1,
    "grpc-node.retry_max_attempts_limit": MAX_ATTEMPTS,
    "grpc.per_rpc_retry_buffer_size": REQUEST_BYTES,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 5_000,
    ...options,
    interceptors: [...(options.interceptors ?? []), taskIdInterceptor],
  };
}
