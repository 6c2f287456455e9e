/** The contract of plugins: what extends an app without changing a component's contract. */
import type { Logger } from "pino";
import type { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import type { TaskClient } from "../client/client.ts";
import type { Config } from "../config/options.ts";
import type { GlobalConfig } from "../config/global-config.ts";
import type { TimerClock } from "../core/clock.ts";
import type { ServiceCalls } from "../core/calls.ts";
import type { Route } from "../server/hooks.ts";
import type { Middleware } from "../worker/middleware.ts";
import type { ComponentName, HookTypes, PointName } from "./points.ts";

/** Used by `app.use`, `router.use`, or a task's `plugins`. May be used at several places, and by several apps. */
export interface Plugin {
  /** Known to other plugins of the app by it; unique there. */
  readonly name: string;
  /** Plugins, where the app has them, whose hooks and middlewares come after this one's: they are further in. */
  readonly before?: readonly string[] | undefined;
  /** Plugins, where the app has them, whose hooks and middlewares come before this one's. */
  readonly after?: readonly string[] | undefined;
  /**
   * Installs what it does, and at once: no async function. Called once per app, before anything is opened. What it throws
   * fails the start.
   */
  install?(scope: PluginScope): void;
  /** Called before the app's connection is opened, in order. An error fails the start, and stops what has started. */
  start?(app: PluginApp): void | Promise<void>;
  /** Called after the app's connection was closed, in reverse order, also where `start` failed. */
  stop?(app: PluginApp): void | Promise<void>;
}

/** What a plugin sees of its app. */
export interface PluginApp {
  readonly logger: Logger;
  /** Every option with its value. */
  config(): Config;
  /** What the app waits by. */
  clock(): TimerClock;
  /** Connects the app if need be. CONFIG_INVALID in `install` and `start`: the connection is opened after them. */
  client(): Promise<TaskClient>;
  /** As {@link client}: queues and workers, as operators see them. */
  admin(): Promise<ServiceCalls<typeof AdminService>>;
  /** As {@link client}. CONFIG_INVALID where the app works for a server elsewhere. */
  globalConfig(): Promise<GlobalConfig>;
}

/** What a plugin can install, for all of its app or the part of it where it is used. */
export interface PluginScope {
  readonly app: PluginApp;
  /** Installs a hook. CONFIG_INVALID at points that know no task, where the plugin is a router's or a task's. */
  readonly hook: <Point extends PointName>(point: Point, hook: HookTypes[Point]) => void;
  /** Wraps the handlers of the scope. Those of routers are within those of the app, and those of tasks within both. */
  readonly middleware: (middleware: Middleware) => void;
  /** Serves a page on the HTTP port. CONFIG_INVALID where the path is taken, or the plugin is not the app's. */
  readonly route: (route: Route) => void;
}

/** How far a plugin reaches. */
export interface UseOptions {
  /** Hooks at points of other components are left out. @default all */
  readonly components?: readonly ComponentName[] | undefined;
}
