/** `qtasks serve`: the service, with the handlers of files. */
import type { Command } from "commander";

import type { QueueTasks } from "../../app.ts";
import { showMetrics } from "../../app/show-metrics.ts";
import { addAppOptions, loadFiles, type AppFlags } from "../app-options.ts";
import { addExamples, type Surroundings } from "../command.ts";
import { addConfigOptions, configArguments } from "../config-options.ts";
import { growHeapSlowly } from "../heap.ts";
import { nextSteps } from "../next-steps.ts";
import type { Terminal } from "../terminal.ts";

const OPTIONS = [
  ...(["url", "broker", "storage", "grpc", "http", "token", "tlsCert", "tlsKey"] as const),
  ...(["insecure", "corsOrigins", "metrics", "slots", "queues", "logLevel"] as const),
];

export function serveCommand(program: Command, { terminal, signal }: Surroundings): void {
  const command = program
    .command("serve")
    .description("Run the service, and the handlers of files in its process");
  addConfigOptions(addAppOptions(command), OPTIONS);
  addExamples(command, "serve", "serve --url redis://localhost --app tasks.ts --slots 50");
  command.action(async (flags: AppFlags) => {
    // It names the server of clients, and this is the server.
    delete process.env["QTASKS_SERVER"];
    growHeapSlowly();
    const app = await loadFiles(terminal, flags, configArguments(flags, OPTIONS));
    await showMetrics(app);
    await startOrStop(app, signal);
    if (!signal.aborted) {
      tellReady(terminal, app);
      await app.runForever({ server: true });
    }
  });
}

/** A signal during the start ends it. */
async function startOrStop(app: QueueTasks, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  try {
    await Promise.race([app.start({ server: true }), aborted]);
  } finally {
    if (signal.aborted) await app.stop();
  }
}

function tellReady(terminal: Terminal, app: QueueTasks): void {
  const { bold, dim } = terminal.errorColors;
  const { grpcAddress, httpAddress } = app;
  const places = [
    grpcAddress === undefined ? "" : `gRPC on ${bold(grpcAddress)}`,
    httpAddress === undefined ? "" : `HTTP on ${bold(httpAddress)}`,
  ];
  terminal.note(`QTasks serves ${places.filter((place) => place !== "").join(", ")}`);
  if (grpcAddress === undefined) return;
  terminal.note(dim("next, in another terminal:"));
  for (const step of nextSteps(app)) terminal.note(`  ${step}`);
}
