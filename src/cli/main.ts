/** The command line's entry. */
import { CommanderError } from "commander";

import { QTasksError } from "../client/index.ts";
import { EXIT, exitCodeOf, type ExitCode } from "./exit-codes.ts";
import { printError } from "./print-error.ts";
import { makeProgram } from "./program.ts";
import { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Runs `qtasks ARGS…` and gives its exit code; see {@link EXIT}. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const terminal = new Terminal(process);
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  // A second Ctrl-C ends the process at once, since the first took the listener away.
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  // A reader that has seen enough, as in `qtasks list | head`, is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
  let code: ExitCode = EXIT.ok;
  try {
    const exit = (given: ExitCode): void => void (code = given);
    const program = makeProgram({ terminal, signal: interrupt.signal, exit });
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (thrown) {
    const canceled = thrown instanceof QTasksError && thrown.reason === "CALL_CANCELED";
    if (interrupt.signal.aborted && canceled) return EXIT.interrupted;
    return report(terminal, thrown);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

function report(terminal: Terminal, thrown: unknown): ExitCode {
  // Commander has printed its own message; help and version are no errors.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
  printError(terminal, thrown);
  if (thrown instanceof UsageError) terminal.note("(add --help for the options and an example)");
  return exitCodeOf(thrown);
}
