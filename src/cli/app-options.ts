/** What serve and worker share: files with handlers, the configuration, and a log that suits its reader. */
import type { Command } from "commander";
import type { Logger } from "pino";

import type { QueueTasks } from "../app.ts";
import type { ConfigArguments } from "../config/options.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { Terminal } from "./terminal.ts";
import { parseGrace } from "./values.ts";

export interface AppFlags extends Readonly<Record<string, unknown>> {
  readonly app?: readonly string[];
  readonly config?: string;
  readonly grace?: number;
}

/** Adds `--app`, `--config` and `--grace`. */
export function addAppOptions(command: Command): Command {
  return command
    .option("--app <file...>", "files that export an app or routers (repeatable)")
    .option("--config <file>", "a JSON file with options (env: QTASKS_CONFIG)")
    .option("--grace <seconds>", "how long handlers may finish at the stop", parseGrace);
}

/** Loads the files; the arguments are laid over what the app of a file sets itself. */
export async function loadFiles(
  terminal: Terminal,
  flags: AppFlags,
  given: ConfigArguments,
): Promise<QueueTasks> {
  const args = { ...given, graceMs: flags.grace };
  // By the environment, so that the apps of the files read the same one.
  if (flags.config !== undefined) process.env["QTASKS_CONFIG"] = flags.config;
  const { values } = resolveConfig({ arguments: args });
  const logger =
    terminal.columns === undefined ? undefined : await makeLogger(terminal, values.logLevel);
  // Loaded here, since the other commands start faster without it.
  const { loadApp } = await import("../app/load-app.ts");
  const app = await loadApp(flags.app ?? [], { ...args, logger });
  // The app of a file may set a level of its own.
  if (logger !== undefined) logger.level = app.config.values.logLevel;
  return app;
}

/** A log for people where a person reads it, of JSON elsewhere. */
export async function makeLogger(terminal: Terminal, level: string): Promise<Logger> {
  const { pino } = await import("pino");
  if (terminal.columns === undefined) return pino({ name: "qtasks", level });
  const { default: pretty } = await import("pino-pretty");
  const ignore = "pid,hostname,name";
  const stream = pretty({ translateTime: "SYS:HH:MM:ss.l", ignore, sync: true });
  return pino({ name: "qtasks", level }, stream);
}
