/**
 * Three things that grpc-js has no option for. All reach into fields that are not its public
 * interface, so all look first and change nothing where the fields are not as expected.
 */
import type { Server } from "@grpc/grpc-js";
import type { Logger } from "pino";

import { STREAM_RESETS } from "../limits.ts";
import { methodNotFound } from "../errors.ts";
import { grpcStatus } from "./status.ts";

interface Internals {
  readonly commonServerOptions?: Record<string, unknown>;
  readonly handlers?: Map<string, unknown>;
  bindManyPorts?: BindPorts;
}

interface Bound {
  readonly count: number;
  readonly errors?: readonly string[];
}

type BindPorts = (addresses: readonly unknown[], ...rest: unknown[]) => Promise<Bound>;

/** Lets a connection survive bulk cancels, gives unknown methods a reason, and keeps the console free of what a start throws. */
export function adjust(server: Server, logger: Logger): void {
  const internals = server as unknown as Internals;
  bindQuietly(internals);
  const { commonServerOptions, handlers } = internals;
  if (commonServerOptions === undefined || !(handlers instanceof Map)) {
    logger.warn("this grpc-js is unknown: bulk cancels may close connections");
    return;
  }
  Object.assign(commonServerOptions, STREAM_RESETS);
  explainUnknownMethods(handlers);
}

/** Where nothing could be bound grpc-js throws, and writes to the console before: here it is thrown earlier. */
function bindQuietly(internals: Internals): void {
  const bind = internals.bindManyPorts?.bind(internals);
  if (bind === undefined) return;
  internals.bindManyPorts = async (addresses, ...rest) => {
    const bound = await bind(addresses, ...rest);
    if (bound.count === 0 && addresses.length > 0) throw new Error(bound.errors?.join("; "));
    return bound;
  };
}

function explainUnknownMethods(handlers: Map<string, unknown>): void {
  const find = handlers.get.bind(handlers);
  handlers.get = (path) => find(path) ?? unknownMethod(path);
}

/** A handler that reads nothing and refuses, whatever kind of method the caller has in mind. */
function unknownMethod(path: string): unknown {
  const same = (bytes: Buffer) => bytes;
  const func = (stream: { emit(event: "error", status: unknown): void }) =>
    stream.emit("error", grpcStatus(methodNotFound(path)));
  return { type: "bidi", path, func, serialize: same, deserialize: same };
}
