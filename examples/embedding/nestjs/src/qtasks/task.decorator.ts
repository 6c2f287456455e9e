/** The decorator that makes a provider's method a task. */
import { SetMetadata, type CustomDecorator } from "@nestjs/common";
import type { TaskInit } from "qtasks";

/** Where the decorator notes the task's options on the method. */
export const TASK = "qtasks.task";

/**
 * Runs the method for each task of this name, with the task's input and its context: `@Task("reports.render")`, or with the
 * options of `app.task`. For methods of providers that live as long as the application.
 */
export function Task(init: string | TaskInit): CustomDecorator {
  return SetMetadata(TASK, typeof init === "string" ? { name: init } : init);
}
