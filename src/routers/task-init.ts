/** What a task is defined with. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Use } from "../worker/use.ts";
import type { TaskDefaults } from "./task-defaults.ts";

/** A task's options. */
export interface TaskInit extends TaskDefaults {
  /** Printable ASCII without spaces and braces, at most 255 characters with its routers' prefixes. */
  readonly name: string;
  readonly description?: string | undefined;
  /** An input to try the task with; `qtasks serve` shows the command. */
  readonly example?: unknown;
  /** Checks inputs where they are enqueued, and again before the handler. */
  readonly input?: StandardSchemaV1 | undefined;
  /**
   * Checks the result, and gives what is sent of it; what it refuses fails the task for good as `qtasks.ResultInvalid`.
   * What a streaming handler yields is not checked.
   */
  readonly output?: StandardSchemaV1 | undefined;
  /** Middlewares around its handler, and plugins that hear of it alone, the first outermost. @default none */
  readonly use?: readonly Use[] | undefined;
  /** The handler streams outputs. @default whether it is an async generator function */
  readonly streaming?: boolean | undefined;
}
