/** The logger of a handler: each line goes to the worker's log and is kept with the task. */
import { create } from "@bufbuild/protobuf";
import { inspect } from "node:util";
import type { Logger } from "pino";
import { LogEntrySchema, LogLevel } from "../../gen/qtasksapi/v1/task_pb.ts";
import { clip } from "../core/failure.ts";
import type { Attempt } from "./attempt.ts";
import type { LogFields, LogLine, TaskLogger } from "./context.ts";
import type { Recorder } from "./recorder.ts";

const LEVELS = {
  debug: LogLevel.DEBUG,
  info: LogLevel.INFO,
  warn: LogLevel.WARN,
  error: LogLevel.ERROR,
} as const;

const MAX_MESSAGE_BYTES = 4 << 10;
const MAX_FIELD_BYTES = 1 << 10;
const MAX_FIELDS = 32;

export function taskLogger(attempt: Attempt, recorder: Recorder, parent: Logger): TaskLogger {
  const { leased, spec } = attempt;
  // Made with the first line: most attempts write none.
  let child: Logger | undefined;
  let dropped = 0;
  const line =
    (level: keyof typeof LEVELS): LogLine =>
    (first: string | LogFields, second?: string | LogFields) => {
      const [message, fields] = typeof first === "string" ? [first, second] : [second, first];
      const text = typeof message === "string" ? message : "";
      const facts = typeof fields === "object" ? fields : {};
      const logger = (child ??= parent.child({
        taskId: leased.taskId,
        task: spec.name,
        attempt: leased.attempt,
      }));
      logger[level](facts, text);
      if (recorder.log(attempt, entry(LEVELS[level], text, facts))) return;
      if (dropped++ === 0) logger.warn("log lines of this attempt are not kept with the task");
    };
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
}

function entry(level: LogLevel, message: string, fields: LogFields) {
  const pairs = Object.entries(fields)
    .slice(0, MAX_FIELDS)
    .map(([key, value]) => [clip(key, 128), clip(textOf(value), MAX_FIELD_BYTES)]);
  return create(LogEntrySchema, {
    level,
    message: clip(message, MAX_MESSAGE_BYTES).toWellFormed(),
    fields: Object.fromEntries(pairs) as Record<string, string>,
  });
}

function textOf(value: unknown): string {
  const text =
    typeof value === "string" ? value : inspect(value, { depth: 3, breakLength: Infinity });
  return text.toWellFormed();
}
