/** `qtasks cancel`: by ids, or by filter. */
import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";

import { BatchCancelTasksResponseSchema } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { TaskState, type CancelProgress } from "../../client/index.ts";
import { chooseTasks, doToTasks, type BulkFlags, type Verb } from "../bulk.ts";
import { addExamples, prepared, type Surroundings, type Task } from "../command.ts";
import { addFilterOptions } from "../filter-options.ts";
import { parseDuration } from "../values.ts";

interface Flags extends BulkFlags {
  readonly reason?: string;
  readonly forceAfter?: number;
}

const NOT_ENDED = [
  TaskState.SCHEDULED,
  TaskState.PENDING,
  TaskState.RUNNING,
  TaskState.RETRYING,
  TaskState.CANCELING,
];

export function cancelCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("cancel")
    .description("Cancel tasks by id, or all that match; a running one is asked to end")
    .argument("[id...]", "ids of tasks")
    .option("--reason <text>", "kept with the task, for people")
    .option("--force-after <duration>", "end it then, whatever its handler does", parseDuration)
    .option("--yes", "don't ask before canceling by filter");
  addFilterOptions(command);
  addExamples(
    command,
    "cancel 0198c0de-1111-7abc-8def-0123456789ab",
    "cancel --queue reports --created-before 2d --yes",
  );
  prepared<Flags, [string[]], readonly string[]>(command, surroundings, chooseTasks, (task, ids) =>
    doToTasks(task, ids, verbOf(task)),
  );
}

function verbOf({ tasks, printer, options, signal }: Task<Flags>): Verb {
  const { reason, forceAfter: forceAfterMs } = options;
  let progress: CancelProgress = { canceled: 0, canceling: 0, done: false };
  return {
    name: "Cancel",
    past: "canceled",
    states: NOT_ENDED,
    one: (id) => tasks.cancel(id, { reason, forceAfterMs, signal }),
    matching: async function* (filter) {
      for await (progress of tasks.cancelMatching(filter, { reason, forceAfterMs, signal }))
        yield progress.canceled + progress.canceling;
    },
    printTotals: () => {
      const { canceled: canceledCount, canceling: cancelingCount } = progress;
      const totals = create(BatchCancelTasksResponseSchema, { canceledCount, cancelingCount });
      return printer.json(BatchCancelTasksResponseSchema, totals);
    },
  };
}
