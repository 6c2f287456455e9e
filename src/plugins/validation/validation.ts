/** Standard Schemas for tasks by name: those of a library, or that another program runs. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { QTasksError } from "../../core/errors.ts";
import { fromPayload } from "../../core/payload.ts";
import { checkBySchema } from "../../core/schema.ts";
import type { Registration } from "../../worker/registration.ts";
import type { Plugin } from "../plugin.ts";

/** What a task takes and gives, by any Standard Schema library: zod, valibot, arktype. */
export interface TaskSchemas {
  /** Checks inputs where they are enqueued, and again before the handler. */
  readonly input?: StandardSchemaV1 | undefined;
  /** Checks the result, and gives what is sent of it. */
  readonly output?: StandardSchemaV1 | undefined;
}

export interface ValidationOptions {
  /** By the tasks' full names. */
  readonly tasks: Readonly<Record<string, TaskSchemas>>;
}

/**
 * Checks tasks that were defined without schemas. An enqueue throws FIELD_VIOLATION; an input that comes from elsewhere
 * ends its task as REJECTED, `qtasks.InputInvalid`; a result that is refused fails it for good, `qtasks.ResultInvalid`.
 * CONFIG_INVALID for tasks that have a schema, and for methods of protobuf services, whose messages `protovalidate`
 * checks.
 */
export function validation({ tasks }: ValidationOptions): Plugin {
  const schemas = new Map(Object.entries(tasks));
  return {
    name: "validation",
    install: ({ hook }) => {
      hook("app.task", (event) => {
        const own = schemas.get(event.task);
        if (own === undefined) return event;
        return { ...event, registration: withSchemas(event.registration, own) };
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
