/** What a handler enqueues as a child: a task in code, with its types, or one known by name alone. */
import type { EnqueueOptions } from "../core/enqueue-request.ts";
import { fieldErrors } from "../core/errors.ts";
import type { InputArgs } from "../core/input-args.ts";
import { unexpected } from "../core/shown.ts";

/** Options of a child; what is unset is its definition's. */
export interface ChildOptions extends Omit<EnqueueOptions, "parentTaskId"> {
  /**
   * The child's id. By default it follows from the parent's id, the child's name and input, and how often this attempt
   * has enqueued the same before: a retried parent finds the children of its earlier attempts, in whatever order it
   * comes by them, and enqueues only those that are missing. They are found whatever became of them; give a random
   * id to have a new child each time.
   */
  readonly taskId?: string | undefined;
  /**
   * How long to go on while no server answers, or the queue is full or the rate limited, in ms; then the error is
   * thrown, and the child may be stored all the same. Whatever else the server refuses is thrown at once.
   * @default as long as the attempt lasts where no server answers, else 30 s
   */
  readonly patienceMs?: number | undefined;
  /** Ends the waiting with CALL_CANCELED; the child may be stored all the same. */
  readonly signal?: AbortSignal | undefined;
}

/** A child, durable from now on. */
export interface ChildTask {
  readonly taskId: string;
  /** False where an earlier attempt had enqueued it. */
  readonly created: boolean;
}

/** A task's full name and its input, as they are sent. */
export interface ChildCall {
  readonly name: string;
  readonly input: unknown;
}

/** A task in code. */
export interface ChildTarget<Input = unknown> {
  /** @internal Throws FIELD_VIOLATION for an input that the task's schema refuses. */
  childCall(input: Input): Promise<ChildCall>;
}

export interface EnqueueChild {
  /** By a task in code: the input has its type, and is checked by its schema before it is sent. */
  <Input>(task: ChildTarget<Input>, ...args: InputArgs<Input, ChildOptions>): Promise<ChildTask>;
  /** By the full name of a task, wherever its code is. */
  (name: string, input?: unknown, options?: ChildOptions): Promise<ChildTask>;
}

/** FIELD_VIOLATION for what is neither a name nor a task: modules that import each other see undefined. */
export async function childCallOf(task: string | ChildTarget, input: unknown): Promise<ChildCall> {
  if (typeof task === "string") return { name: task, input };
  if (typeof (Object(task) as Partial<ChildTarget>).childCall === "function")
    return task.childCall(input);
  throw fieldErrors([unexpected("task", "a task, or the full name of one", task)]);
}
