/** An output or a log line of a task, as people read it. */
import { LogLevel, type LogEntry, type TaskEvent } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { Colors } from "./terminal.ts";
import { payloadText, safe, timeText } from "./words.ts";

/** One line: when, what, and the text. */
export function eventText({ time, event }: TaskEvent, colors: Colors): string {
  const when = colors.dim(timeText(time));
  if (event.case === "output") return `${when}  output  ${payloadText(event.value, 0)}`;
  if (event.case === "log") return `${when}  ${logText(event.value, colors)}`;
  return when;
}

function logText({ level, message, fields }: LogEntry, colors: Colors): string {
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${value}`);
  return `${levelText(level, colors)}  ${safe(message)}${colors.dim(safe(pairs.join("")))}`;
}

function levelText(level: LogLevel, colors: Colors): string {
  if (level === LogLevel.DEBUG) return colors.dim("debug");
  if (level === LogLevel.WARN) return colors.yellow("warn");
  return level === LogLevel.ERROR ? colors.red("error") : "info";
}
