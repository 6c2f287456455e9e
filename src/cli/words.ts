/** Values as people read them. */
import { stripVTControlCharacters } from "node:util";

import { timestampDate, type Duration, type Timestamp } from "@bufbuild/protobuf/wkt";

import {
  TaskState,
  type Failure,
  type Payload,
  type Progress,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { stateName } from "../client/index.ts";
import type { Colors } from "./terminal.ts";

/** `2026-01-31 12:00:00` in local time; empty where there is none. */
export function timeText(time: Timestamp | undefined): string {
  if (time === undefined) return "";
  const date = timestampDate(time);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace("T", " ");
}

/** `5m` since then; empty where there is none. */
export function ageText(time: Timestamp | undefined): string {
  return time === undefined ? "" : spanText(Date.now() - timestampDate(time).getTime());
}

/** A span in its largest unit: `350ms`, `12s`, `5m`, `3h`, `2d`. */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)}s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)}m`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)}h`;
  return `${Math.round(ms / 86_400_000)}d`;
}

/** A protobuf duration as {@link spanText}; empty where there is none. */
export function durationText(duration: Duration | undefined): string {
  if (duration === undefined) return "";
  return spanText(Number(duration.seconds) * 1_000 + duration.nanos / 1e6);
}

/** A state in its colour. */
export function stateText(state: TaskState, colors: Colors): string {
  const paint = PAINT[state];
  const name = stateName(state);
  return paint === undefined ? name : colors[paint](name);
}

const PAINT: Partial<Record<number, "green" | "red" | "cyan" | "yellow" | "dim">> = {
  [TaskState.SUCCEEDED]: "green",
  [TaskState.FAILED]: "red",
  [TaskState.EXPIRED]: "red",
  [TaskState.RUNNING]: "cyan",
  [TaskState.CANCELING]: "yellow",
  [TaskState.RETRYING]: "yellow",
  [TaskState.CANCELED]: "dim",
};

/**
 * A payload: JSON indented, text as it is, bytes by their size, with what a codec did to them. Control characters of
 * others are taken out.
 */
export function payloadText(payload: Payload | undefined, indent = 2): string {
  const body = payload?.body;
  if (body?.case === "text") return safe(indented(body.value, indent));
  if (body?.case !== "data") return "null";
  const type = payload?.schema || payload?.contentType || "application/octet-stream";
  const encoded = payload!.encodings.map((encoding) => `, ${encoding}`).join("");
  return safe(`<${body.value.length} bytes of ${type}${encoded}>`);
}

/** What went wrong, in one line. */
export function failureText(failure: Failure | undefined): string {
  if (failure === undefined) return "";
  const type = failure.type === "" ? "" : `${failure.type}: `;
  return safe(`${type}${failure.message}`).replaceAll("\n", " ");
}

/** `3/10 loading`; empty where there is none. */
export function progressText(progress: Progress | undefined): string {
  if (progress === undefined) return "";
  const { completed, total, message } = progress;
  const count = total > 0 ? `${completed}/${total}` : `${completed}`;
  return safe(message === "" ? count : `${count} ${message}`);
}

/** At most `length` characters. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Text of others without what would steer the terminal. */
export function safe(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

function indented(text: string, indent: number): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, indent) ?? text;
  } catch {
    return text;
  }
}
