/** What went wrong, and what to do next, for people. */
import { QTasksError, TaskFailedError, type Reason } from "../client/index.ts";
import type { Terminal } from "./terminal.ts";
import { safe } from "./words.ts";

const NEXT: Partial<Record<Reason, string>> = {
  SERVER_UNREACHABLE: "start one with `qtasks serve`, or name it by --server or QTASKS_SERVER",
  TOKEN_INVALID: "give the server's token by --token or QTASKS_TOKEN",
  TASK_NOT_FOUND: "look for it with `qtasks list`; ended tasks are purged after their retention",
  QUEUE_NOT_FOUND: "see the queues with `qtasks queues`",
  SESSION_NOT_FOUND: "see the workers and their sessions with `qtasks workers`",
  TASK_NOT_TERMINAL: "wait for its end with `qtasks await`, or end it with `qtasks cancel`",
  TASK_ALREADY_STARTED: "see where it is with `qtasks get`",
  UNIQUE_KEY_HELD: "see the task that holds it with `qtasks list --unique-key KEY`",
  PAGE_TOKEN_INVALID: "start again from the first page",
  QUEUE_FULL: "wait until workers have made room",
  SHUTTING_DOWN: "try again when the server is back",
  STORAGE_UNAVAILABLE: "check that the server reaches its storage",
  BROKER_UNAVAILABLE: "check that the server reaches its broker",
  METHOD_NOT_FOUND: "check that --server names a QTasks server of this version",
};

/** Prints an error to stderr: its reason, the message, the fields at fault, and a next step. */
export function printError(terminal: Terminal, thrown: unknown): void {
  const colors = terminal.errorColors;
  terminal.note(`${colors.red("error:")} ${describe(thrown)}`);
  const next = nextStep(thrown);
  if (thrown instanceof QTasksError) {
    for (const { field, description } of thrown.fields) {
      if (thrown.message.includes(description)) continue;
      terminal.note(`  ${colors.bold(safe(field))}: ${safe(description)}`);
    }
  }
  if (next !== undefined) terminal.note(`${colors.dim("next:")} ${next}`);
}

function nextStep(thrown: unknown): string | undefined {
  if (thrown instanceof TaskFailedError)
    return `see its attempts with \`qtasks get ${thrown.taskId}\``;
  if (!(thrown instanceof QTasksError)) return undefined;
  const taskId = thrown.metadata["task_id"];
  if (thrown.reason === "STILL_RUNNING" && taskId !== undefined)
    return `wait for it again with \`qtasks await ${taskId}\``;
  return NEXT[thrown.reason];
}

function describe(thrown: unknown): string {
  if (thrown instanceof TaskFailedError) return safe(thrown.message);
  if (thrown instanceof QTasksError) return `${thrown.reason}: ${safe(thrown.message)}`;
  return safe(thrown instanceof Error ? thrown.message : String(thrown));
}
