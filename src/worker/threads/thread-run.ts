/** One handler's run in a thread, as the worker sees it. */
import type { Piscina } from "piscina";
import { MessageChannel, receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { HandlerContext } from "../context.ts";
import { TaskError, TerminalError, type AttemptAbortedError } from "../errors.ts";
import type { Execution } from "../executor.ts";
import type { HandlerModule } from "../module-handler.ts";
import { decodePayload } from "../payload.ts";
import { ContextDesk } from "./context-desk.ts";
import type { Facts, FromThread, Packed, ThreadAnswer, ThreadTask, ToThread } from "./messages.ts";
import { packError, unpackError } from "./packed-error.ts";

export interface ThreadRunParts {
  readonly execution: Execution;
  readonly module: HandlerModule;
  readonly pool: Piscina<ThreadTask, ThreadAnswer>;
  readonly abortGraceMs: number;
}

/** Made when a thread is free. */
export class ThreadRun {
  readonly #parts: ThreadRunParts;
  readonly #port: MessagePort;
  readonly #desk: ContextDesk;
  /** Aborts when the thread is to be ended. */
  readonly #ending = new AbortController();
  readonly #toThread: MessagePort;
  #gone: Promise<unknown> = Promise.resolve();
  /** What the context threw for something that the handler told it, and could not be told to the handler. */
  #refused: { readonly error: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ThreadRunParts) {
    const { execution, module } = parts;
    const { port1, port2 } = new MessageChannel();
    this.#parts = parts;
    this.#port = port1;
    this.#toThread = port2;
    this.#desk = new ContextDesk(execution.context, port1, module);
  }

  /** The handler's result, or a payload of it; rejects with what it threw, or once its thread has ended. */
  async run(): Promise<unknown> {
    const { signal } = this.#parts.execution.context;
    const onAbort = () => this.#abort(signal.reason as AttemptAbortedError);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#port.on("message", (message: FromThread) => this.#take(message));
    try {
      const packed = await this.#inThread();
      if (this.#refused !== undefined) throw this.#refused.error;
      return this.#valueOf(packed);
    } finally {
      signal.removeEventListener("abort", onAbort);
      clearTimeout(this.#timer);
      this.#port.close();
    }
  }

  /** Resolves when a thread that was told to end has ended. */
  get gone(): Promise<unknown> {
    return this.#gone;
  }

  /** Ends the thread at once; {@link run} rejects with the first reason when it has ended. */
  end(reason: unknown): void {
    if (this.#ending.signal.aborted) return;
    const { pool } = this.#parts;
    const before = pool.threads;
    this.#ending.abort(reason);
    const left = new Set(pool.threads);
    const ended = before.filter((thread) => !left.has(thread));
    this.#gone = Promise.all(
      ended.map((thread) => new Promise((done) => thread.once("exit", done))),
    );
  }

  async #inThread(): Promise<ThreadAnswer> {
    const { signal } = this.#ending;
    try {
      this.#postInput();
      return await this.#parts.pool.run(this.#task(), { signal, transferList: [this.#toThread] });
    } catch (cause) {
      await this.#gone;
      if (signal.aborted) throw signal.reason;
      throw cause instanceof TaskError ? cause : threadExited(cause);
    } finally {
      // What it told before it ended counts, though it came by another way.
      this.#takeRest();
    }
  }

  #postInput(): void {
    try {
      this.#port.postMessage(compact(this.#parts.execution.input));
    } catch (cause) {
      const why = `the input can't be cloned for a thread: ${(cause as Error).message}`;
      throw new TerminalError(why, { type: "qtasks.InputNotCloneable", cause });
    }
  }

  #task(): ThreadTask {
    const { execution, module } = this.#parts;
    const { href, exportName, encode } = module;
    const facts = factsOf(execution.context);
    const checkpoint = checkpointOf(execution.context);
    return { href, exportName, raw: encode !== undefined, facts, checkpoint, port: this.#toThread };
  }

  #takeRest(): void {
    for (;;) {
      const next = receiveMessageOnPort(this.#port);
      if (next === undefined) return;
      this.#take(next.message as FromThread);
    }
  }

  /** What it throws, as a logger's serializer may, ends the run: nobody else would hear of it, and the process would end. */
  #take(message: FromThread): void {
    try {
      this.#desk.take(message);
    } catch (error) {
      this.#refused ??= { error };
      this.end(error);
    }
  }

  #abort({ why, message }: AttemptAbortedError): void {
    this.#port.postMessage({ kind: "abort", why, message } satisfies ToThread);
    const { abortGraceMs, execution } = this.#parts;
    this.#timer = setTimeout(() => this.end(execution.context.signal.reason), abortGraceMs);
  }

  #valueOf(packed: ThreadAnswer): unknown {
    if ("error" in packed) throw unpackError(packed.error);
    const { module, execution } = this.#parts;
    if ("result" in module) return module.result;
    if (module.encode !== undefined) return module.encode(packed.value);
    const payload = packed.value as Payload;
    // Only who looks at the result needs it decoded; and what was a payload before is one for them too.
    const isAsGiven = execution.registration.around === undefined || packed.isPayload === true;
    return isAsGiven ? payload : decodePayload(payload);
  }
}

/** The failure of an attempt whose thread has ended without an answer. */
export function threadExited(cause: unknown): TaskError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TaskError(`the handler's thread has ended: ${why}`, {
    type: "qtasks.ThreadExited",
    cause,
  });
}

function factsOf(context: HandlerContext): Facts {
  const { deadline, taskId, name, queue, attempt, fencingToken } = context;
  const { headers, parentTaskId, previousFailure, outputCount } = context;
  return {
    deadline,
    taskId,
    name,
    queue,
    attempt,
    fencingToken,
    headers,
    parentTaskId,
    previousFailure,
    outputCount,
  };
}

function checkpointOf(context: HandlerContext): Packed | undefined {
  try {
    const value = context.checkpoint();
    return value === undefined ? undefined : { value };
  } catch (thrown) {
    return { error: packError(thrown) };
  }
}

/** Bytes without the rest of the buffer that they are a part of: all of it would be cloned. */
function compact(input: unknown): unknown {
  return input instanceof Uint8Array ? new Uint8Array(input) : input;
}
