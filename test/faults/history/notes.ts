/** How the calls of a method are noted in the history. */
import type { DescMessage, Message, MessageShape } from "@bufbuild/protobuf";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";

export interface MethodNotes {
  readonly request: (request: Message) => Call;
  /** Undefined: nothing that the history needs. */
  readonly answer: (answer: Message) => Answer | undefined;
}

interface Method<I extends DescMessage, O extends DescMessage> {
  readonly input: I;
  readonly output: O;
}

/** The notes of one method, typed by its messages. */
export function notesOf<I extends DescMessage, O extends DescMessage>(
  _method: Method<I, O>,
  request: (request: MessageShape<I>) => Call,
  answer: (answer: MessageShape<O>) => Answer | undefined,
): MethodNotes {
  return {
    request: (message) => request(message as MessageShape<I>),
    answer: (message) => answer(message as MessageShape<O>),
  };
}
