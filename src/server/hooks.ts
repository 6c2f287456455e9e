/** What the listeners tell those who asked for it, and what they serve besides. */
import type { Reason } from "../core/errors.ts";

/** A call that was answered. */
export interface CallEvent {
  /** `package.Service/Method`. */
  readonly method: string;
  /** Unset where it went well. */
  readonly reason: Reason | undefined;
  /** From its first byte to the last of its answer, in ms. */
  readonly durationMs: number;
}

/** A page beside the services: GET and HEAD. */
export interface Route {
  /** Begins with a slash; none of the server's own pages: `/livez`, `/readyz`, `/schema.binpb`, and all under `/schema/`. */
  readonly path: string;
  /** Served without a token. @default false */
  readonly open?: boolean;
  /** What it throws is answered as by a method: an error that nobody expected is logged, and its text hidden. */
  readonly handle: () => RouteAnswer | Promise<RouteAnswer>;
}

export interface RouteAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

export interface ServerHooks {
  /** Called after each call: it must be quick and must not throw. */
  readonly call?: ((event: CallEvent) => void) | undefined;
  /** What is served besides. */
  readonly routes?: readonly Route[] | undefined;
}
