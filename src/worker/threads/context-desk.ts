/** The worker's end of a handler's port: does what the handler asks of its context. */
import type { MessagePort } from "node:worker_threads";
import type { HandlerContext } from "../context.ts";
import type { HandlerModule } from "../module-handler.ts";
import type { Answer, FromThread, Packed, ToThread } from "./messages.ts";
import { packError } from "./packed-error.ts";

export class ContextDesk {
  readonly #context: HandlerContext;
  readonly #port: MessagePort;
  readonly #encode: NonNullable<HandlerModule["encode"]>;

  constructor(context: HandlerContext, port: MessagePort, { encode }: HandlerModule) {
    this.#context = context;
    this.#port = port;
    this.#encode = encode ?? ((value) => value);
  }

  take(message: FromThread): void {
    const context = this.#context;
    if (message.kind === "progress")
      context.progress(message.completed, message.total, message.message);
    else if (message.kind === "checkpoint") context.saveCheckpoint(message.payload);
    else if (message.kind === "log") context.logger[message.level](message.fields, message.message);
    else void this.#answer(message.id, this.#ask(message));
  }

  async #ask(message: Extract<FromThread, { readonly id: number }>): Promise<Answer> {
    const { output, enqueue } = this.#context;
    if (message.kind === "enqueue") return enqueue(message.name, message.payload, message.options);
    await output(this.#encode(message.value));
    return undefined;
  }

  async #answer(id: number, asked: Promise<Answer>): Promise<void> {
    const answer = await asked.then(
      (value): Packed => ({ value }),
      (thrown: unknown): Packed => ({ error: packError(thrown) }),
    );
    this.#port.postMessage({ kind: "answer", id, answer } satisfies ToThread);
  }
}
