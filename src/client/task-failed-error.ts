/** How a task that ended without success reaches the program that awaits it. */
import { create } from "@bufbuild/protobuf";

import {
  FailureKind,
  FailureSchema,
  TaskState,
  type Failure,
  type Task,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { stateName } from "../core/state-names.ts";
import { statusName, type StatusName } from "../core/status-code.ts";

/** The task ended FAILED, EXPIRED or CANCELED; `failure` says why. */
export class TaskFailedError extends Error {
  override readonly name = "TaskFailedError";
  readonly task: Task;
  readonly failure: Failure;

  constructor(task: Task) {
    const failure = task.failure ?? unexplained(task);
    const name = task.spec?.name ?? "task";
    super(`${name} ${task.taskId} ${stateName(task.state)}: ${failure.message}`);
    this.task = task;
    this.failure = failure;
  }

  get taskId(): string {
    return this.task.taskId;
  }

  /** FAILED, EXPIRED or CANCELED. */
  get state(): TaskState {
    return this.task.state;
  }

  get kind(): FailureKind {
    return this.failure.kind;
  }

  /** Application error type, such as `acme.mail.BadAddress`; may be empty. */
  get type(): string {
    return this.failure.type;
  }

  /** A google.rpc.Code; 0 where the handler chose none. */
  get code(): number {
    return this.failure.code;
  }

  /** The code's name, such as `NOT_FOUND`; undefined where the handler chose none. */
  get codeName(): StatusName | undefined {
    return statusName(this.code);
  }
}

const KIND_OF_STATE: Readonly<Record<number, FailureKind>> = {
  [TaskState.CANCELED]: FailureKind.CANCELED,
  [TaskState.EXPIRED]: FailureKind.EXPIRED,
};

function unexplained(task: Task): Failure {
  const kind = KIND_OF_STATE[task.state] ?? FailureKind.UNSPECIFIED;
  return create(FailureSchema, { kind, message: task.cancelReason || "no reason was given" });
}
