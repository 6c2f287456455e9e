/** What every watch stream has: heartbeats while nothing happens, a limited age, and an end before a drain. */
import type { CallContext } from "../service.ts";

export interface LiveStreamOptions {
  readonly heartbeatMs: number;
  readonly maxAgeMs: number;
  readonly context: CallContext;
}

export type LiveItem<T> =
  | { readonly kind: "item"; readonly value: T }
  | { readonly kind: "heartbeat" }
  /** The last one: the server is about to end the stream. */
  | { readonly kind: "closing"; readonly reason: string };

/** Follows the source that `open` makes; its signal aborts when the stream ends for any reason. */
export async function* liveStream<T>(
  open: (signal: AbortSignal) => AsyncIterator<T>,
  options: LiveStreamOptions,
): AsyncGenerator<LiveItem<T>> {
  const { context, heartbeatMs, maxAgeMs } = options;
  const over = new AbortController();
  const source = open(AbortSignal.any([context.signal, over.signal]));
  const endsAt = performance.now() + maxAgeMs;
  let next = source.next();
  try {
    while (!context.signal.aborted) {
      const leftMs = endsAt - performance.now();
      const first = await firstOf(next, Math.min(heartbeatMs, leftMs), context);
      if (first === "draining") return yield { kind: "closing", reason: "the server shuts down" };
      // Not by the clock: a timer may fire a fraction of a millisecond early.
      if (first === "time" && leftMs <= heartbeatMs)
        return yield { kind: "closing", reason: "the stream has reached its age limit" };
      if (first === "time") yield { kind: "heartbeat" };
      else if (first === "item") {
        const item = await next;
        if (item.done === true) return;
        yield { kind: "item", value: item.value };
        next = source.next();
      }
    }
  } finally {
    over.abort();
    // What was still awaited ends by the signal; nobody is there for its error.
    next.catch(() => undefined);
    await source.return?.();
  }
}

/** Settles with what comes first; a failed source counts as an item, whose error the caller then meets. */
function firstOf(
  next: Promise<unknown>,
  timeMs: number,
  { signal, draining }: CallContext,
): Promise<"item" | "time" | "draining" | "gone"> {
  return new Promise((resolve) => {
    const end = (what: "item" | "time" | "draining" | "gone") => (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", gone);
      draining.removeEventListener("abort", drain);
      resolve(what);
    };
    const gone = end("gone");
    const drain = end("draining");
    const timer = setTimeout(end("time"), Math.max(0, timeMs));
    signal.addEventListener("abort", gone, { once: true });
    draining.addEventListener("abort", drain, { once: true });
    next.then(end("item"), end("item"));
    if (signal.aborted) gone();
    else if (draining.aborted) drain();
  });
}
