import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";

/** What is needed of a row to replace its record. */
export interface TaskKey {
  readonly seq: number;
  readonly queue: number;
  readonly revision: number;
  /** Tells lives of one id apart. */
  readonly createdAt: number;
  /** As indexed: a task that is ready is PENDING, whatever its record says. */
  readonly state: TaskState;
  /** The tail is too large for the row. */
  readonly tailApart: boolean;
}

/** A row with its packed record, in full. */
export interface TaskRow extends TaskKey {
  readonly id: string;
  readonly record: Buffer;
}

export type RowColumns = [
  seq: number,
  queue: number,
  isReady: number,
  id: string,
  /** Without a tail that is apart. */
  packed: Uint8Array,
  apart: Uint8Array | null,
];

/** Columns of {@link taskRow}. One blob is read faster than three. */
const COLUMNS = `seq, queue, rank IS NOT NULL, id, CAST(head || middle || ifnull(tail, x'') AS BLOB),
  iif(tail IS NULL, (SELECT bytes FROM large_tail WHERE large_tail.task = seq), NULL)`;

/** A statement for rows of {@link RowColumns}, up to its WHERE. */
export function selectRows({ index, first = "" }: RowsWanted = {}): string {
  const by = index === undefined ? "" : ` INDEXED BY ${index}`;
  return `SELECT ${first}${COLUMNS} FROM task${by} CROSS JOIN body ON body.task = seq`;
}

export interface RowsWanted {
  /** Unset: by whatever the condition names. */
  readonly index?: string;
  /** Further columns that come first, each with a comma behind it. */
  readonly first?: string;
}

export function taskRow([seq, queue, isReady, id, packed, apart]: RowColumns): TaskRow {
  const record =
    apart === null
      ? Buffer.from(packed.buffer, packed.byteOffset, packed.length)
      : Buffer.concat([packed, apart]);
  return {
    seq,
    queue,
    revision: record.readDoubleLE(HEAD.revision),
    createdAt: record.readDoubleLE(HEAD.createdAt),
    state: isReady === 1 ? TaskState.PENDING : (record[HEAD.state] as TaskState),
    tailApart: apart !== null,
    id,
    record,
  };
}
