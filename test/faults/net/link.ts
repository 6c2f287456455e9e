/** One connection through the proxy: two directions, each of which can be held or slowed. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Towards the target, back from it, or both. */
export type Way = "up" | "down" | "both";

/**
 * `swallow`: no packet arrives any more, not even the end of a connection. `slow`: each piece of up to 64 KiB waits
 * `delayMs`.
 */
export type LinkFault =
  | { readonly kind: "swallow"; readonly way: Way }
  | { readonly kind: "slow"; readonly delayMs: number };

/** Passes bytes between two sockets until both are done. */
export class Link {
  readonly #near: Socket;
  readonly #far: Socket;
  #fault: LinkFault | undefined;
  #healed = Promise.withResolvers<void>();

  /** `onClosed` is called once both sockets are gone. */
  constructor(near: Socket, far: Socket, onClosed: () => void) {
    this.#near = near;
    this.#far = far;
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      // How a socket ends is seen where it is read.
      socket.on("error", () => undefined);
    }
    void Promise.all([this.#pass(near, far, "up"), this.#pass(far, near, "down")]).then(onClosed);
  }

  fail(fault: LinkFault): void {
    this.#fault = fault;
  }

  heal(): void {
    this.#fault = undefined;
    this.#healed.resolve();
    this.#healed = Promise.withResolvers();
  }

  /** Both sides see an orderly end. */
  end(): void {
    this.#near.destroy();
    this.#far.destroy();
    this.heal();
  }

  /** Both sides see a reset. */
  reset(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
    this.heal();
  }

  async #pass(from: Socket, to: Socket, way: "up" | "down"): Promise<void> {
    try {
      for await (const piece of from.iterator({
        destroyOnReturn: false,
      }) as AsyncIterable<Buffer>) {
        await this.#travel(way);
        await write(to, piece);
      }
      await this.#travel(way);
      to.end();
    } catch {
      // The one side is gone: the other learns of it, unless that is swallowed too.
      await this.#travel(way);
      to.resetAndDestroy();
    }
    await closed(to);
  }

  async #travel(way: "up" | "down"): Promise<void> {
    const fault = this.#fault;
    if (fault?.kind === "slow") await sleep(fault.delayMs);
    while (this.#swallows(way)) await this.#healed.promise;
  }

  #swallows(way: "up" | "down"): boolean {
    const fault = this.#fault;
    return fault?.kind === "swallow" && (fault.way === "both" || fault.way === way);
  }
}

async function write(to: Socket, piece: Buffer): Promise<void> {
  if (to.destroyed) throw new Error("the other side is gone");
  if (to.write(piece)) return;
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(to, "drain", { signal }), once(to, "close", { signal })]);
  } finally {
    settled.abort();
  }
}

/** Not by `once`, which rejects when the end is an error. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise<void>((resolve) => socket.once("close", () => resolve()));
}
