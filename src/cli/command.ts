/** How commands are put together: options that many have, and the way from an action to an exit code. */
import { Option, type Command } from "commander";

import { addServerOptions, withConnection, type Connection } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { Printer } from "./printer.ts";
import type { Terminal } from "./terminal.ts";

/** What a command needs of its surroundings. */
export interface Surroundings {
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** The command's exit code; the last word counts. */
  exit(code: ExitCode): void;
}

export interface OutputOptions {
  readonly output: "table" | "json";
}

/** A connected command's part: what was given, whom to ask, how to print. */
export interface Task<O> extends Connection {
  readonly options: O & OutputOptions;
  readonly printer: Printer;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Adds `--output`, and `--json` for one of its values. */
export function addOutputOption(command: Command): Command {
  return command
    .addOption(
      new Option("--output <format>", "table for people, json for programs")
        .choices(["table", "json"])
        .default("table"),
    )
    .addOption(new Option("--json", "short for --output json").implies({ output: "json" }));
}

/** Examples below the help, one `$ qtasks …` line each. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ qtasks ${example}`);
  return command.addHelpText(
    "after",
    `\nExample${lines.length > 1 ? "s" : ""}:\n${lines.join("\n")}`,
  );
}

/** What a command was given, before there is a connection. */
export interface Given<O> {
  readonly options: O;
  readonly terminal: Terminal;
}

/**
 * Makes a command one of a server: connection and output options, and an action that gets the
 * connection. The body's code, or 0, becomes the exit code.
 */
export function connected<O, A extends readonly unknown[]>(
  command: Command,
  surroundings: Surroundings,
  body: (task: Task<O>, ...args: A) => Promise<ExitCode | void>,
): Command {
  return prepared<O, A, A>(
    command,
    surroundings,
    async (_given, ...args) => args,
    (task, args) => body(task, ...args),
  );
}

/**
 * As {@link connected}, with a first step that runs before connecting, so that bad usage is told
 * whether or not a server is there. The body gets what the first step gives.
 */
export function prepared<O, A extends readonly unknown[], P>(
  command: Command,
  surroundings: Surroundings,
  prepare: (given: Given<O>, ...args: A) => Promise<P>,
  body: (task: Task<O>, prepared: P) => Promise<ExitCode | void>,
): Command {
  const { terminal, signal } = surroundings;
  addServerOptions(addOutputOption(command));
  return command.action(async (...given: readonly unknown[]) => {
    const args = given.slice(0, command.registeredArguments.length) as unknown as A;
    const options = command.opts<O & OutputOptions>();
    const printer = new Printer(terminal, options.output);
    const ready = await prepare({ options, terminal }, ...args);
    await withConnection(command.opts(), async (connection) => {
      const code = await body({ ...connection, options, printer, terminal, signal }, ready);
      surroundings.exit(code ?? EXIT.ok);
    });
  });
}
