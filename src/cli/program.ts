/** The command line as a whole. */
import { Command } from "commander";

import { packageVersion } from "../app/version.ts";
import type { Surroundings } from "./command.ts";
import { awaitCommand } from "./commands/await.ts";
import { bridgeCommand } from "./commands/bridge.ts";
import { cancelCommand } from "./commands/cancel.ts";
import { configCommand } from "./commands/config.ts";
import { countCommand } from "./commands/count.ts";
import { enqueueCommand } from "./commands/enqueue.ts";
import { eventsCommand } from "./commands/events.ts";
import { getCommand } from "./commands/get.ts";
import { listCommand } from "./commands/list.ts";
import { pauseCommand, queuesCommand, resumeCommand } from "./commands/queues.ts";
import { rescheduleCommand } from "./commands/reschedule.ts";
import { retryCommand } from "./commands/retry.ts";
import { runCommand } from "./commands/run.ts";
import { serveCommand } from "./commands/serve.ts";
import { tasksCommand } from "./commands/tasks.ts";
import { watchCommand } from "./commands/watch.ts";
import { workerCommand } from "./commands/worker.ts";
import { drainCommand, workersCommand } from "./commands/workers.ts";

const EXIT_CODES = `
Exit codes:
  0  done; the task that was waited for succeeded
  1  the task failed, or the server refused the request
  2  usage: the command line or the input
  3  not found
  4  no server answers
  5  still running when the wait was over`;

/** All commands. Parsing throws CommanderErrors instead of ending the process. */
export function makeProgram(surroundings: Surroundings): Command {
  const { terminal } = surroundings;
  const program = new Command("qtasks")
    .description("Durable task queues as a gRPC service")
    .version(packageVersion(), "--version", "print the version")
    .exitOverride()
    .configureOutput({ writeErr: (text) => terminal.note(text.trimEnd()) })
    .showHelpAfterError("(add --help for the options and an example)")
    .addHelpText("after", EXIT_CODES);
  for (const command of COMMANDS) command(program, surroundings);
  return program;
}

const COMMANDS = [
  serveCommand,
  workerCommand,
  bridgeCommand,
  enqueueCommand,
  runCommand,
  awaitCommand,
  watchCommand,
  getCommand,
  listCommand,
  countCommand,
  cancelCommand,
  retryCommand,
  rescheduleCommand,
  eventsCommand,
  queuesCommand,
  pauseCommand,
  resumeCommand,
  workersCommand,
  drainCommand,
  tasksCommand,
  configCommand,
] as const;
