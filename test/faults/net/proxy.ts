/** A TCP proxy that does to connections what networks do: cut, reset, swallow, delay. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Link, type LinkFault } from "./link.ts";
import { claimPort } from "./ports.ts";

/**
 * `cut`: every connection is ended and new ones are refused. `reset`: every connection is reset, and so are new ones.
 * Those of a {@link LinkFault} leave connections open.
 */
export type NetFault = { readonly kind: "cut" } | { readonly kind: "reset" } | LinkFault;

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Passes bytes from its own port to a target, until it is told to misbehave. */
export class TcpProxy {
  /** For people, such as `client-1→server-1`. */
  readonly name: string;
  readonly #target: Place;
  readonly #links = new Set<Link>();
  #server: Server | undefined;
  #port = 0;
  #fault: NetFault | undefined;

  /** Nothing listens before {@link start}. */
  constructor(name: string, target: Place) {
    this.name = name;
    this.#target = target;
  }

  /** Where it listens, on loopback: the same port over cuts. */
  get port(): number {
    return this.#port;
  }

  /** `HOST:PORT` to connect to. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#links.size;
  }

  async start(): Promise<void> {
    this.#port = await claimPort();
    await this.#listen();
  }

  /** Misbehaves from now on, to connections that are open and to new ones. */
  fail(fault: NetFault): void {
    this.#fault = fault;
    if (fault.kind === "cut") {
      this.#refuse();
      this.#each((link) => link.end());
    } else if (fault.kind === "reset") this.#each((link) => link.reset());
    else this.#each((link) => link.fail(fault));
  }

  /**
   * Behaves again. What was swallowed arrives late, as after lost packets; with `forget` the connections of the fault
   * are reset instead, as by a router that has forgotten them.
   */
  async heal({ forget = false }: { readonly forget?: boolean } = {}): Promise<void> {
    this.#fault = undefined;
    this.#each((link) => (forget ? link.reset() : link.heal()));
    if (this.#server === undefined) await this.#listen();
  }

  /** Ends everything; harmless when repeated. */
  stop(): void {
    this.#refuse();
    this.#each((link) => link.reset());
  }

  async #listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    this.#server = server;
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
  }

  #refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  #accept(near: Socket): void {
    if (this.#fault?.kind === "reset") {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ ...this.#target, allowHalfOpen: true });
    const link = new Link(near, far, () => this.#links.delete(link));
    this.#links.add(link);
    if (this.#fault !== undefined && this.#fault.kind !== "cut") link.fail(this.#fault);
  }

  #each(act: (link: Link) => void): void {
    for (const link of this.#links) act(link);
  }
}
