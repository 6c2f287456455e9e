/** Names the tasks that a server refuses. */
import { fieldErrors, QTasksError, type FieldViolation } from "../core/errors.ts";
import type { Registration } from "./registration.ts";

type Named = Pick<Registration, "definition" | "place">;

/** As the call, which sends their definitions in this order: what is wrong with one says which task that is, and where. */
export async function namingTasks<T>(tasks: readonly Named[], call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    const { reason, fields } = QTasksError.from(thrown);
    if (reason !== "FIELD_VIOLATION" || fields.length === 0) throw thrown;
    throw fieldErrors(fields.map((violation) => named(violation, tasks)));
  }
}

function named({ field, description }: FieldViolation, tasks: readonly Named[]): FieldViolation {
  const index = /^definitions\[(\d+)\]/.exec(field)?.[1];
  const task = index === undefined ? undefined : tasks[Number(index)];
  if (task === undefined) return { field, description };
  const where = task.place === undefined ? "" : `, ${task.place}`;
  return { field, description: `${description} (task ${task.definition.name}${where})` };
}
