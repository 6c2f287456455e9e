/** `qtasks retry`: by ids, or by filter. */
import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";

import { BatchRetryTasksResponseSchema } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { TaskState, type RetryProgress } from "../../client/index.ts";
import { chooseTasks, doToTasks, type BulkFlags, type Verb } from "../bulk.ts";
import { addExamples, prepared, type Surroundings, type Task } from "../command.ts";
import { addFilterOptions } from "../filter-options.ts";

export function retryCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("retry")
    .description(
      "Run ended tasks again: by id, or all that match (failed and expired ones by default)",
    )
    .argument("[id...]", "ids of tasks")
    .option("--yes", "don't ask before retrying by filter");
  addFilterOptions(command);
  addExamples(
    command,
    "retry 0198c0de-1111-7abc-8def-0123456789ab",
    "retry --name mail.send --ended-after 1h --yes",
  );
  prepared<BulkFlags, [string[]], readonly string[]>(
    command,
    surroundings,
    chooseTasks,
    (task, ids) => doToTasks(task, ids, verbOf(task)),
  );
}

function verbOf({ tasks, printer, signal }: Task<BulkFlags>): Verb {
  let progress: RetryProgress = { retried: 0, done: false };
  return {
    name: "Retry",
    past: "retried",
    states: [TaskState.FAILED, TaskState.EXPIRED],
    one: (id) => tasks.retry(id, { signal }),
    matching: async function* (filter) {
      for await (progress of tasks.retryMatching(filter, { signal })) yield progress.retried;
    },
    printTotals: () => {
      const totals = create(BatchRetryTasksResponseSchema, { retriedCount: progress.retried });
      return printer.json(BatchRetryTasksResponseSchema, totals);
    },
  };
}
