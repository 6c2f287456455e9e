/** The schemas of tasks, by the tasks' names. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { FieldViolation } from "../../core/errors.ts";
import { throwConfigFaults, unknownOptions, type NamesOf } from "../../core/known-options.ts";
import { isSchema, SCHEMA } from "../../core/schema.ts";
import { unexpected } from "../../core/shown.ts";

/** What a task takes and gives, by any Standard Schema library: zod, valibot, arktype. */
export interface TaskSchemas {
  /** Checks inputs where they are enqueued, and again before the handler. */
  readonly input?: StandardSchemaV1 | undefined;
  /** Checks the result, and gives what is sent of it. */
  readonly output?: StandardSchemaV1 | undefined;
}

const NAMES: NamesOf<TaskSchemas> = { input: true, output: true };

const NO_SCHEMAS = "expected an object with input and output; got a schema";

/** By name. CONFIG_INVALID naming everything that is no schema. */
export function checkedSchemas(
  tasks: Readonly<Record<string, TaskSchemas>>,
): ReadonlyMap<string, TaskSchemas> {
  if (typeof tasks !== "object" || tasks === null)
    throwConfigFaults("validation", [unexpected("tasks", "an object of schemas by tasks", tasks)]);
  const all = Object.entries(tasks);
  throwConfigFaults(
    "validation",
    all.flatMap(([name, schemas]) => faultsOf(`tasks.${name}`, schemas)),
  );
  return new Map(all);
}

function faultsOf(path: string, schemas: TaskSchemas): FieldViolation[] {
  // Often the schema itself, in place of an object with it.
  if (isSchema(schemas)) return [{ field: path, description: NO_SCHEMAS }];
  const { input, output } = Object(schemas) as TaskSchemas;
  const wrong = Object.entries({ input, output }).filter(
    ([, schema]) => schema !== undefined && !isSchema(schema),
  );
  return [
    ...unknownOptions(schemas, NAMES, `${path}.`),
    ...wrong.map(([name, schema]) => unexpected(`${path}.${name}`, SCHEMA, schema)),
  ];
}
