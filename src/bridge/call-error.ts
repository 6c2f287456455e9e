/** What becomes of an attempt whose call did not end well. */
import { once } from "node:events";
import { status as Code, type ServiceError } from "@grpc/grpc-js";
import type { HandlerContext } from "../worker/context.ts";
import { SnoozeError } from "../worker/errors.ts";
import { GrpcStatusError } from "../worker/grpc-status.ts";
import type { Target } from "./target.ts";

/** A task whose call found the target down goes back for this long, in ms. */
const DOWN_MS = 1_000;
/** How long the worker may take to see by its own timer that the time is up, in ms. */
const TIMER_MS = 1_000;
const DETAILS = "grpc-status-details-bin";

/**
 * What a handler is to throw: a release where the target went away or was not there, the target's status where it
 * answered. `heard`: it had begun to answer.
 */
export async function attemptError(
  thrown: unknown,
  heard: boolean,
  target: Target,
  context: HandlerContext,
): Promise<Error> {
  if (!isServiceError(thrown)) return thrown as Error;
  // Why it was aborted decides then.
  if (context.signal.aborted) return thrown;
  if (await isOutOfTime(thrown, context)) return thrown;
  if (await isDown(thrown, heard, target))
    return new SnoozeError(DOWN_MS, `the target is down: ${thrown.details}`);
  return statusError(thrown, target);
}

function statusError({ code, details: message, metadata }: ServiceError, target: Target) {
  const [bytes] = metadata.get(DETAILS);
  const details = bytes instanceof Uint8Array ? bytes : undefined;
  return new GrpcStatusError({ code, message, details }, `grpc/${target.address}`);
}

/** The call's deadline is the attempt's, whose end is for the worker to tell. */
async function isOutOfTime({ code }: ServiceError, context: HandlerContext): Promise<boolean> {
  const { signal, deadline } = context;
  if (code !== Code.DEADLINE_EXCEEDED || deadline === undefined) return false;
  if (Date.now() < deadline.getTime()) return false;
  if (!signal.aborted)
    await once(signal, "abort", { signal: AbortSignal.timeout(TIMER_MS) }).catch(() => undefined);
  return signal.aborted;
}

/** What gRPC makes of a call whose connection ends, or whose stream the server resets as it shuts down. */
const OF_BROKEN_CALLS: readonly Code[] = [Code.UNAVAILABLE, Code.CANCELLED, Code.INTERNAL];

async function isDown(error: ServiceError, heard: boolean, target: Target): Promise<boolean> {
  const { code, metadata } = error;
  const isAnswer = Object.keys(metadata.getMap()).length > 0;
  if (isAnswer) return code === Code.UNAVAILABLE && !target.readiness.isReady;
  if (code === Code.UNAVAILABLE && !heard) return true;
  // The end of a stream need not have metadata: the connection tells.
  return OF_BROKEN_CALLS.includes(code) && (await target.readiness.isLost());
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && "code" in thrown && "metadata" in thrown;
}
