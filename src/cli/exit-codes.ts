/** What the exit code of `qtasks` says to scripts. */
import {
  isTerminal,
  QTasksError,
  TaskFailedError,
  TaskState,
  type StatusCode,
  type Task,
} from "../client/index.ts";
import { UsageError } from "./usage-error.ts";

export const EXIT = {
  /** Done; the task, where one was waited for, succeeded. */
  ok: 0,
  /** The task failed, expired or was canceled, or the server refused the request. */
  failed: 1,
  /** The command line or the input is not as it should be. */
  usage: 2,
  /** No such task, queue, worker or definition. */
  notFound: 3,
  /** No server answers. */
  unreachable: 4,
  /** The wait was over before the task. */
  stillRunning: 5,
  /** Ended by Ctrl-C, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of what was thrown. */
export function exitCodeOf(thrown: unknown): ExitCode {
  if (thrown instanceof UsageError) return EXIT.usage;
  if (thrown instanceof TaskFailedError) return EXIT.failed;
  if (!(thrown instanceof QTasksError)) return EXIT.failed;
  if (thrown.reason === "CONFIG_INVALID") return EXIT.usage;
  return OF_STATUS[thrown.code] ?? EXIT.failed;
}

const OF_STATUS: Partial<Record<StatusCode, ExitCode>> = {
  INVALID_ARGUMENT: EXIT.usage,
  NOT_FOUND: EXIT.notFound,
  UNAVAILABLE: EXIT.unreachable,
  DEADLINE_EXCEEDED: EXIT.stillRunning,
};

/** The exit code of a task that was waited for. */
export function exitCodeOfTask(task: Task): ExitCode {
  if (!isTerminal(task.state)) return EXIT.stillRunning;
  return task.state === TaskState.SUCCEEDED ? EXIT.ok : EXIT.failed;
}

// What needs a person first: then what failed, then what is not over.
const WORST: readonly ExitCode[] = [
  EXIT.interrupted,
  EXIT.usage,
  EXIT.unreachable,
  EXIT.notFound,
  EXIT.failed,
  EXIT.stillRunning,
];

/** The one code for several outcomes. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return WORST.find((code) => codes.includes(code)) ?? EXIT.ok;
}
