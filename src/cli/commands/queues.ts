/** `qtasks queues`, `pause`, `resume`. */
import type { Command } from "commander";

import { QueueSchema, type Queue } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import { pages } from "../../client/pages.ts";
import { addExamples, connected, type Surroundings } from "../command.ts";
import { QUEUE_COLUMNS } from "../queue-columns.ts";

/** `qtasks queues` lists the queues, or shows one. */
export function queuesCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("queues")
    .description("Show queues: what waits, how long, and who serves them")
    .argument("[name]", "only this queue");
  addExamples(command, "queues");
  connected<object, [string | undefined]>(command, surroundings, async (task, name) => {
    const { admin, printer, terminal, signal } = task;
    const rows =
      name === undefined
        ? pages(
            (pageToken) => admin.listQueues({ pageToken }, { signal }),
            ({ queues }) => queues,
          )
        : present((await admin.getQueue({ name }, { signal })).queue);
    const count = await printer.rows(QueueSchema, rows, QUEUE_COLUMNS);
    if (count === 0 && !printer.isJson) terminal.note("no queues yet: enqueue a task");
  });
}

/** `qtasks pause` stops the hand-out of a queue. */
export function pauseCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("pause")
    .description("Stop handing out tasks of a queue; running ones go on, new ones are accepted")
    .argument("<queue>", "name of the queue");
  addExamples(command, "pause reports");
  connected<object, [string]>(command, surroundings, async ({ admin, printer, signal }, name) => {
    const { queue } = await admin.pauseQueue({ name }, { signal });
    await printer.rows(QueueSchema, present(queue), QUEUE_COLUMNS);
  });
}

/** `qtasks resume` ends a pause. */
export function resumeCommand(program: Command, surroundings: Surroundings): void {
  const command = program
    .command("resume")
    .description("Hand out tasks of a paused queue again")
    .argument("<queue>", "name of the queue");
  addExamples(command, "resume reports");
  connected<object, [string]>(command, surroundings, async ({ admin, printer, signal }, name) => {
    const { queue } = await admin.resumeQueue({ name }, { signal });
    await printer.rows(QueueSchema, present(queue), QUEUE_COLUMNS);
  });
}

function present(queue: Queue | undefined): readonly Queue[] {
  return queue === undefined ? [] : [queue];
}
