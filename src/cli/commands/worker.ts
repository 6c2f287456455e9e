/** `qtasks worker`: the handlers of files, for a server elsewhere. */
import type { Command } from "commander";

import { DEFAULT_ADDRESS } from "../../client/index.ts";
import type { ConfigArguments } from "../../config/options.ts";
import { resolveConfig } from "../../config/resolve.ts";
import { addAppOptions, loadFiles, type AppFlags } from "../app-options.ts";
import { addExamples, type Surroundings } from "../command.ts";
import { addConfigOptions, configArguments } from "../config-options.ts";
import { CONNECTION_OPTIONS } from "../connection.ts";
import { UsageError } from "../usage-error.ts";

const BACKEND_OPTIONS = ["url", "broker", "storage"] as const;
const OPTIONS = [
  ...CONNECTION_OPTIONS,
  ...BACKEND_OPTIONS,
  ...(["slots", "queues", "workerId", "buildId", "logLevel"] as const),
];

export function workerCommand(program: Command, { terminal }: Surroundings): void {
  const command = program
    .command("worker")
    .description("Run the handlers of files for a server elsewhere, or on its backend's URL");
  addConfigOptions(addAppOptions(command), OPTIONS);
  addExamples(command, "worker --server tasks.internal:50051 --app tasks.ts --slots 20");
  command.action(async (flags: AppFlags) => {
    if (flags.app === undefined) throw new UsageError("--app: give a file with handlers");
    const args = placed(configArguments(flags, OPTIONS));
    const app = await loadFiles(terminal, flags, args);
    await app.runForever({ server: false, worker: true });
  });
}

/** A worker works for a server, unless it is told a backend. */
function placed(args: ConfigArguments): ConfigArguments {
  if (BACKEND_OPTIONS.some((name) => args[name] !== undefined)) {
    if (args.server !== undefined)
      throw new UsageError("give --server, or --url for the server's backend, not both");
    // It names the server of clients; an explicit backend wins.
    delete process.env["QTASKS_SERVER"];
    return args;
  }
  const { values, sources } = resolveConfig({ arguments: args });
  const isPlaced =
    values.server !== undefined || BACKEND_OPTIONS.some((name) => sources[name] !== "default");
  return isPlaced ? args : { ...args, server: DEFAULT_ADDRESS };
}
