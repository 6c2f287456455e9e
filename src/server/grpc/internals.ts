/**
 * Two things that grpc-js has no option for. Both reach into fields that are not its public
 * interface, so both look first and change nothing where the fields are not as expected.
 */
import type { Server } from "@grpc/grpc-js";
import type { Logger } from "pino";

import { STREAM_RESETS } from "../limits.ts";
import { methodNotFound } from "../errors.ts";
import { grpcStatus } from "./status.ts";

interface Internals {
  readonly commonServerOptions?: Record<string, unknown>;
  readonly handlers?: Map<string, unknown>;
}

/** Lets a connection survive bulk cancels, and gives unknown methods a reason. */
export function adjust(server: Server, logger: Logger): void {
  const { commonServerOptions, handlers } = server as unknown as Internals;
  if (commonServerOptions === undefined || !(handlers instanceof Map)) {
    logger.warn("this grpc-js is unknown: bulk cancels may close connections");
    return;
  }
  Object.assign(commonServerOptions, STREAM_RESETS);
  explainUnknownMethods(handlers);
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
