/**
 * An app's connection, with its plugins around it: opened when it is first asked for, closed by a stop. After that it
 * opens by a start alone: a call that comes late must not take up again what was given back.
 */
import type { Logger } from "pino";
import { QTasksError } from "../core/errors.ts";
import type { PluginSet } from "../plugins/plugin-set.ts";
import type { Component } from "../starter/starter.ts";
import type { AppHookSet } from "./app-hook-set.ts";
import type { Connection, LocalParts } from "./connection.ts";
import { openLocal } from "./local.ts";
import type { AppSettings } from "./options.ts";
import { openRemote } from "./remote.ts";

export interface LinkOptions {
  /** That of the moment. */
  readonly logger: () => Logger;
  readonly settings: () => AppSettings;
  readonly plugins: PluginSet;
  /** Of the plugins, which are installed by it. */
  readonly hooks: () => AppHookSet;
}

export class Link implements Component {
  readonly name = "connection";
  readonly #options: LinkOptions;
  #opening: Promise<Connection> | undefined;
  #connection: Connection | undefined;
  #closing: Promise<void> | undefined;
  /** An opening that failed, while the plugins stop. */
  #failed: { readonly error: Error; readonly over: Promise<void> } | undefined;
  #startsPlugins = false;
  #isStopped = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** It is open, or about to be. */
  get isOn(): boolean {
    return this.#opening !== undefined;
  }

  /** While it is open. */
  get connection(): Connection {
    return this.#connection!;
  }

  /** Of a connection that is open. CONFIG_INVALID where that is to a server elsewhere. */
  get local(): LocalParts {
    const local = this.#connection?.local;
    if (local !== undefined) return local;
    throw new QTasksError(
      "CONFIG_INVALID",
      "this app works for a server elsewhere, not on a storage",
    );
  }

  /** Opens it, also after a stop. */
  async start(): Promise<void> {
    if (this.#failed !== undefined) await this.#failed.over;
    this.#isStopped = false;
    await this.open();
  }

  /** Once for all that ask; after a failure it can be asked again. SHUTTING_DOWN after a stop or a failed start. */
  open(): Promise<Connection> {
    if (this.#isStopped) return Promise.reject(stopped());
    // A plugin that asks as it stops would wait for itself.
    if (this.#failed !== undefined) return Promise.reject(this.#failed.error);
    // Not in this turn: whoever asks again while plugins start must find it under way.
    this.#opening ??= Promise.resolve().then(() => this.#open());
    return this.#opening;
  }

  /** As {@link open}, for plugins. CONFIG_INVALID while they are installed and started: it would wait for itself. */
  async openForPlugin(): Promise<Connection> {
    if (!this.#startsPlugins) return this.open();
    throw new QTasksError(
      "CONFIG_INVALID",
      "the connection is opened once all plugins have started: use it from app.starting on",
    );
  }

  /** Harmless where it is not open. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#closing ??= this.#close().finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  async #close(): Promise<void> {
    const connection = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    this.#connection = undefined;
    await this.#failed?.over;
    if (connection === undefined) return;
    try {
      await connection.close();
    } finally {
      await this.#options.plugins.stop();
    }
  }

  async #open(): Promise<Connection> {
    const { settings, plugins, logger, hooks } = this.#options;
    try {
      for (const warning of settings().config.warnings) logger().warn(warning);
      this.#startsPlugins = true;
      const installed = hooks();
      await plugins.start();
      this.#startsPlugins = false;
      this.#connection = await this.#connect(installed);
      return this.#connection;
    } catch (error) {
      this.#startsPlugins = false;
      this.#opening = undefined;
      const over = this.#stopPlugins().finally(() => (this.#failed = undefined));
      this.#failed = { error: QTasksError.from(error), over };
      await over;
      throw error;
    }
  }

  async #stopPlugins(): Promise<void> {
    const { plugins, logger } = this.#options;
    // Not in this turn: they must find that the opening failed.
    await Promise.resolve();
    await plugins.stop().catch((err: unknown) => logger().error({ err }, "plugins did not stop"));
  }

  #connect(hooks: AppHookSet): Promise<Connection> {
    const { settings, logger } = this.#options;
    const { options, config } = settings();
    const { values } = config;
    if (values.server !== undefined) return openRemote(values.server, values, hooks);
    const { limits, timings, components = {} } = options;
    return openLocal(values, { limits, timings, components, hooks, logger: logger() });
  }
}

function stopped(): QTasksError {
  return new QTasksError(
    "SHUTTING_DOWN",
    "the app was stopped, or its start failed: start it before it is used again",
  );
}
