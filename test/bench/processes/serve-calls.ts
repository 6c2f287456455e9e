/** The side of a measured process: it answers the calls of the benchmark that started it. */

/** What a process offers, by name. */
export type Functions = Record<string, (params: never) => unknown>;

/** A call as it travels. */
export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly params: unknown;
}

/** The answer to a call. */
export type AnswerMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/** Answers calls over this process's channel to its parent. The channel keeps no process alive. */
export function serveCalls(functions: Functions): void {
  process.on("message", (message: CallMessage) => void answer(functions, message));
  process.channel?.unref();
}

/** As {@link serveCalls}, for a process that is there for nothing else: it ends with its parent. */
export function serveCallsOnly(functions: Functions): void {
  serveCalls(functions);
  process.channel?.ref();
  process.once("disconnect", () => process.exit());
}

async function answer(functions: Functions, { id, name, params }: CallMessage): Promise<void> {
  try {
    const result = await functions[name]!(params as never);
    send({ id, result });
  } catch (error) {
    send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function send(message: AnswerMessage): void {
  process.send?.(message);
}
