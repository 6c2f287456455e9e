/** The flags that choose tasks, shared by list, count, cancel and retry. */
import type { Command } from "commander";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";

import type { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskQuery } from "../client/index.ts";
import { collect, collectPair, collectState, parsePast } from "./values.ts";

/** What commander makes of {@link addFilterOptions}. */
export interface FilterOptions {
  readonly queue?: string[];
  readonly name?: string[];
  readonly state?: TaskState[];
  readonly label?: Record<string, string>;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  readonly endedAfter?: Date;
  readonly endedBefore?: Date;
  readonly worker?: string[];
  readonly parent?: string[];
  readonly failureType?: string[];
  readonly uniqueKey?: string[];
}

/** Flags of which all must match; one that is repeated matches by any of its values. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--queue <queue>", "tasks of this queue (repeatable)", collect)
    .option("--name <name>", "tasks of this name (repeatable)", collect)
    .option("--state <state>", "tasks in this state, such as failed (repeatable)", collectState)
    .option("--label <key=value>", "tasks with this label (repeatable)", collectPair)
    .option(
      "--created-after <time>",
      "created then or later: a time, or an age such as 2h",
      parsePast,
    )
    .option("--created-before <time>", "created before: a time, or an age such as 2h", parsePast)
    .option("--ended-after <time>", "ended then or later: a time, or an age such as 2h", parsePast)
    .option("--ended-before <time>", "ended before: a time, or an age such as 2h", parsePast)
    .option("--worker <id>", "tasks that this worker had last (repeatable)", collect)
    .option("--parent <task-id>", "tasks enqueued by this task (repeatable)", collect)
    .option("--failure-type <type>", "tasks that failed with this type (repeatable)", collect)
    .option("--unique-key <key>", "tasks with this unique key (repeatable)", collect);
}

/** The filter that the flags ask for. */
export function filterOf(options: FilterOptions): TaskQuery {
  return {
    queues: options.queue,
    names: options.name,
    states: options.state,
    labels: options.label,
    createTimeFrom: timestamp(options.createdAfter),
    createTimeTo: timestamp(options.createdBefore),
    endTimeFrom: timestamp(options.endedAfter),
    endTimeTo: timestamp(options.endedBefore),
    workerIds: options.worker,
    parentTaskIds: options.parent,
    failureTypes: options.failureType,
    uniqueKeys: options.uniqueKey,
  };
}

/** No flag is set. */
export function isUnfiltered(options: FilterOptions): boolean {
  return Object.values(filterOf(options)).every((value) => value === undefined);
}

function timestamp(date: Date | undefined) {
  return date === undefined ? undefined : timestampFromDate(date);
}
