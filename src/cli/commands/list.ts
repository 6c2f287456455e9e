/** `qtasks list`: tasks by filter, newest first. */
import type { Command } from "commander";

import { TaskSchema, type Task as TaskMessage } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { addExamples, connected, type Surroundings, type Task } from "../command.ts";
import { addFilterOptions, filterOf, type FilterOptions } from "../filter-options.ts";
import { TASK_COLUMNS } from "../task-columns.ts";
import { parseWhole } from "../values.ts";

interface Flags extends FilterOptions {
  readonly limit: number;
  readonly all?: boolean;
}

const MAX_PAGE = 1_000;

export function listCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("list")
    .description("List tasks, newest first")
    .option("--limit <number>", "at most so many", parseWhole(1), 50)
    .option("--all", "without a limit");
  addFilterOptions(command);
  addExamples(command, "list --state failed --created-after 1h", "list --label tenant=acme --all");
  connected<Flags, []>(command, surroundings, list);
}

async function list({ tasks, printer, terminal, options, signal }: Task<Flags>): Promise<void> {
  const limit = options.all === true ? Infinity : options.limit;
  const pageSize = Math.min(limit, MAX_PAGE);
  const rows = tasks.list(filterOf(options), { pageSize, signal });
  const limited = new Limited(rows, limit);
  const count = await printer.rows(TaskSchema, limited, TASK_COLUMNS);
  if (printer.isJson) return;
  if (count === 0) terminal.note("no tasks match");
  else if (limited.hasMore) terminal.note(`the newest ${count}; see more with --limit or --all`);
}

/** The first of the rows, and whether there were more. */
class Limited {
  readonly #rows: AsyncIterable<TaskMessage>;
  readonly #limit: number;
  hasMore = false;

  constructor(rows: AsyncIterable<TaskMessage>, limit: number) {
    this.#rows = rows;
    this.#limit = limit;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TaskMessage, void> {
    let count = 0;
    for await (const row of this.#rows) {
      if (count++ === this.#limit) {
        this.hasMore = true;
        return;
      }
      yield row;
    }
  }
}
