/** What SQLite's errors mean to the callers. */
import { QTasksError, type Reason } from "../../core/errors.ts";

/** Primary result codes, see sqlite.org/rescode.html. */
const CODE = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

const FAULTS: readonly number[] = Object.values(CODE);
/** After these the connection is not to be trusted; a full disk and a lock leave it whole. */
const BREAKING: readonly number[] = [
  CODE.noMemory,
  CODE.readOnly,
  CODE.ioError,
  CODE.corrupt,
  CODE.cantOpen,
  CODE.notADatabase,
];

/** The primary result code; undefined where the error is none of SQLite's. */
function primaryCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !("errcode" in thrown)) return undefined;
  return Number(thrown.errcode) & 0xff;
}

export function isLocked(thrown: unknown): boolean {
  const code = primaryCode(thrown);
  return code === CODE.busy || code === CODE.locked;
}

export function isNotADatabase(thrown: unknown): boolean {
  return primaryCode(thrown) === CODE.notADatabase;
}

export function isReadOnly(thrown: unknown): boolean {
  return primaryCode(thrown) === CODE.readOnly;
}

/** The file must be opened anew before anything else. */
export function breaksConnection(thrown: unknown): boolean {
  const code = primaryCode(thrown);
  return code !== undefined && BREAKING.includes(code);
}

/** `unavailable` for what the disk or the file did, INTERNAL for what is a fault of ours. */
export function toQTasksError(thrown: unknown, unavailable: Reason, path: string): QTasksError {
  const code = primaryCode(thrown);
  if (code === undefined || !FAULTS.includes(code)) return QTasksError.from(thrown);
  return new QTasksError(unavailable, `SQLite file ${path}: ${(thrown as Error).message}`, {
    cause: thrown,
  });
}
