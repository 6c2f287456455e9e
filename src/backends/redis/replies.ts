/** Reads what scripts answer. A shape that the script's header does not promise is a bug of ours. */
import type { TaskRecord } from "../../core/record.ts";
import { decodeTask } from "./unpack-task.ts";
import type { Reply } from "./redis-connection.ts";

export function asList(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply as readonly Reply[];
  throw new Error("a script answered something else than a list");
}

export function asBytes(reply: Reply | undefined): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  throw new Error("a script answered something else than bytes");
}

export function asText(reply: Reply | undefined): string {
  return asBytes(reply).toString("utf8");
}

/** An integer, or a number as text. */
export function asNumber(reply: Reply | undefined): number {
  return typeof reply === "number" ? reply : Number(asText(reply));
}

/** The list cut into rows of `width`. */
export function asRows(reply: Reply | undefined, width: number): (readonly Reply[])[] {
  const list = asList(reply);
  const rows: (readonly Reply[])[] = [];
  for (let at = 0; at < list.length; at += width) rows.push(list.slice(at, at + width));
  return rows;
}

/** A packed record, or null where there is none. */
export function asRecord(id: string, reply: Reply | undefined): TaskRecord | undefined {
  return reply === null || reply === undefined ? undefined : decodeTask(id, asBytes(reply));
}

/** Rows of id and packed record. */
export function asRecords(reply: Reply | undefined): TaskRecord[] {
  return asRows(reply, 2).map(([id, record]) => decodeTask(asText(id), asBytes(record)));
}
