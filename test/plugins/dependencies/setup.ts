/** Apps and dependencies that note what becomes of them. */
import type { TestContext } from "node:test";
import { pino } from "pino";
import type { QueueTasks, QueueTasksOptions } from "../../../src/index.ts";
import {
  dependencies,
  dependency,
  type DependenciesOptions,
  type Dependency,
  type DependencyInit,
  type DependencyScope,
} from "../../../src/plugins/dependencies/index.ts";
import { memoryApp } from "../../app/memory-app.ts";

export interface LogLine {
  readonly msg: string;
  readonly [fact: string]: unknown;
}

/** A logger whose lines of level error are kept, but for those by which the worker tells of tasks that failed. */
export function errorLog(): { logger: QueueTasksOptions["logger"]; errors: LogLine[] } {
  const errors: LogLine[] = [];
  const write = (text: string): void => {
    const line = JSON.parse(text) as LogLine;
    if (line.msg !== "a task failed") errors.push(line);
  };
  return { errors, logger: pino({ level: "error" }, { write }) };
}

/** An app in memory with the plugin. */
export function appWith(
  t: TestContext,
  options: DependenciesOptions = {},
  more: QueueTasksOptions = {},
): QueueTasks {
  return memoryApp(t, more).use(dependencies(options));
}

/** Its values are `name 1`, `name 2` and so on; notes `+name 1` and `-name 1`. */
export function noted<const Scope extends DependencyScope>(
  trace: string[],
  name: string,
  scope: Scope,
  more: Partial<DependencyInit<string, Scope>> = {},
): Dependency<string, Scope> {
  let made = 0;
  return dependency({
    name,
    scope,
    create: async (parts) => {
      await more.create?.(parts);
      const value = `${name} ${++made}`;
      trace.push(`+${value}`);
      return value;
    },
    dispose: async (value: string, parts) => {
      trace.push(`-${value}`);
      await more.dispose?.(value, parts);
    },
  });
}
