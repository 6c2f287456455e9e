/** `qtasks workers`, `drain`. */
import type { Command } from "commander";

import { WorkerInfoSchema } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import { pages } from "../../client/pages.ts";
import { addExamples, connected, type Surroundings } from "../command.ts";
import { WORKER_COLUMNS } from "../worker-columns.ts";

/** `qtasks workers` lists the workers. */
export function workersCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("workers")
    .description("Show workers: what they run, their slots, and when they were last heard of")
    .option("--queue <queue>", "only those that serve this queue");
  addExamples(command, "workers --queue reports");
  connected<{ readonly queue?: string }, []>(command, surroundings, async (task) => {
    const { admin, printer, terminal, options, signal } = task;
    const { queue = "" } = options;
    const rows = pages(
      (pageToken) => admin.listWorkers({ queue, pageToken }, { signal }),
      ({ workers }) => workers,
    );
    const count = await printer.rows(WorkerInfoSchema, rows, WORKER_COLUMNS);
    if (count === 0 && !printer.isJson) terminal.note("no workers: start one with `qtasks worker`");
  });
}

/** `qtasks drain` asks a worker to finish and to take no more. */
export function drainCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("drain")
    .description("Ask a worker to finish what it runs and to take no more")
    .argument("<session>", "its session, as `qtasks workers` shows it")
    .option("--reason <text>", "told to the worker, for its log");
  addExamples(command, "drain 6f1a0c52-9c8a-4a53-a5c5-2f5d0c0b7a11 --reason deploy");
  connected<{ readonly reason?: string }, [string]>(
    command,
    surroundings,
    async ({ admin, printer, options, signal }, sessionId) => {
      const { reason = "" } = options;
      const { worker } = await admin.drainWorker({ sessionId, reason }, { signal });
      const rows = worker === undefined ? [] : [worker];
      await printer.rows(WorkerInfoSchema, rows, WORKER_COLUMNS);
    },
  );
}
