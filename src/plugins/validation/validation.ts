/** Standard Schemas for tasks by name: those of a library, or that another program runs. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { QTasksError } from "../../core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";
import { suggestion } from "../../core/nearest.ts";
import { fromPayload } from "../../core/payload.ts";
import { checkBySchema } from "../../core/schema.ts";
import type { Registration } from "../../worker/registration.ts";
import type { Plugin, PluginApp } from "../plugin.ts";
import { checkedSchemas, type TaskSchemas } from "./task-schemas.ts";

export interface ValidationOptions {
  /** By the tasks' full names. A name near one of the app's tasks, which has none of its own, is warned of at the start. */
  readonly tasks: Readonly<Record<string, TaskSchemas>>;
}

const OPTIONS: NamesOf<ValidationOptions> = { tasks: true };

/**
 * Checks tasks that were defined without schemas. An enqueue throws FIELD_VIOLATION; an input that comes from elsewhere
 * ends its task as REJECTED, `qtasks.InputInvalid`; a result that is refused fails it for good, `qtasks.ResultInvalid`.
 * CONFIG_INVALID for tasks that have a schema, and for methods of protobuf services, whose messages `protovalidate`
 * checks; also for options and schemas that are none.
 */
export function validation(options: ValidationOptions): Plugin {
  checkConfigOptions("validation", options, OPTIONS);
  const schemas = checkedSchemas(options.tasks);
  const tasksOf = new WeakMap<PluginApp, Set<string>>();
  return {
    name: "validation",
    start: (app) => warnOfNames(app, schemas.keys(), tasksOf.get(app) ?? new Set()),
    install: ({ app, hook }) => {
      const own = new Set<string>();
      tasksOf.set(app, own);
      hook("app.task", (event) => {
        own.add(event.task);
        const found = schemas.get(event.task);
        if (found === undefined) return event;
        return { ...event, registration: withSchemas(event.registration, found) };
      });
      hook("app.enqueue", async (call, next) => {
        const { name, payload } = call.request.spec!;
        const input = schemas.get(name)?.input;
        if (input !== undefined) await checkBySchema(input, fromPayload(payload), "input");
        return next(call);
      });
    },
  };
}

/** Others may run tasks of any name; one that is nearly that of a task here is most likely misspelt. */
function warnOfNames(app: PluginApp, names: Iterable<string>, own: ReadonlySet<string>): void {
  for (const name of names) {
    const hint = own.has(name) ? "" : suggestion(name, own);
    if (hint !== "")
      app.logger.warn({ task: name }, `validation: no task of this app has that name${hint}`);
  }
}

function withSchemas(registration: Registration, { input, output }: TaskSchemas): Registration {
  const { name, inputSchema } = registration.definition;
  if (inputSchema !== undefined)
    throw invalid(name, `a method takes a ${inputSchema}; expected a task of JSON`);
  return {
    ...registration,
    checkInput: only(registration.checkInput, input, name, "input"),
    checkResult: only(registration.checkResult, output, name, "result"),
  };
}

type Check = (value: unknown) => unknown;

/** Of two schemas the second would see what callers never sent. */
function only(
  own: Check | undefined,
  schema: StandardSchemaV1 | undefined,
  task: string,
  what: "input" | "result",
): Check | undefined {
  if (schema === undefined) return own;
  if (own !== undefined) throw invalid(task, `its definition checks its ${what} already`);
  return (value) => checkBySchema(schema, value, what);
}

function invalid(task: string, why: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", `validation: tasks.${task}: ${why}`);
}
