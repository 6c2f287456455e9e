/** The moments of an app's life at which its hooks are called, as components among the others. */
import type { AppEvent, AppHooks, AppStarted } from "../plugins/app-hooks.ts";
import type { Component } from "../starter/starter.ts";

export type LifeHooks = Pick<AppHooks, "starting" | "started" | "stopping" | "stopped">;

export interface MomentsOptions {
  readonly roles: AppEvent;
  /** Of plugins that are installed by the time of the start. */
  readonly hooks: () => LifeHooks;
  /** Where the listeners are, once they are up. */
  readonly addresses: () => Pick<AppStarted, "grpcAddress" | "httpAddress">;
}

/** `outer` starts before the parts of the app and stops after them, `inner` the other way round. */
export function moments({ roles, hooks, addresses }: MomentsOptions): {
  readonly outer: Component;
  readonly inner: Component;
} {
  return {
    outer: {
      name: "hooks of app.starting and app.stopped",
      start: async () => hooks().starting?.(roles),
      stop: async () => hooks().stopped?.(roles),
    },
    inner: {
      name: "hooks of app.started and app.stopping",
      start: async () => hooks().started?.({ ...roles, ...addresses() }),
      stop: async () => hooks().stopping?.(roles),
    },
  };
}
