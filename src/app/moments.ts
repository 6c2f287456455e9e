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
  const outer = "hooks of app.starting and app.stopped";
  const inner = "hooks of app.started and app.stopping";
  return {
    outer: moment(
      outer,
      async () => hooks().starting?.(roles),
      async () => hooks().stopped?.(roles),
    ),
    inner: moment(
      inner,
      async () => hooks().started?.({ ...roles, ...addresses() }),
      async () => hooks().stopping?.(roles),
    ),
  };
}

/** `down` is called once for each `up`, also for one that failed, and not before it is over. */
function moment(name: string, up: () => Promise<void>, down: () => Promise<void>): Component {
  let begun: Promise<void> | undefined;
  return {
    name,
    start: () => (begun = up()),
    stop: async () => {
      const toEnd = begun;
      begun = undefined;
      if (toEnd === undefined) return;
      await toEnd.catch(() => undefined);
      await down();
    },
  };
}
