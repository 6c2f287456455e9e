/** A method of a user's own service, as a task. */
import type { DescMethod } from "@bufbuild/protobuf";
import type { TaskDefinition } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";

/** What callers can call. Unary, unless it streams answers. */
export interface DurableMethod {
  /** `package.Service/Method`: the task's name, and with a slash before it the path of calls. */
  readonly name: string;
  readonly service: string;
  readonly streaming: boolean;
  /** Full names of the messages. */
  readonly input: string;
  readonly output: string;
}

const METHOD_NAME = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\/([A-Za-z_]\w*)$/;

/** The method that a definition stands for; undefined for a task that is typed by no protobuf service. */
export function durableMethod(definition: TaskDefinition): DurableMethod | undefined {
  const { name, inputSchema: input, outputSchema: output, streaming } = definition;
  const [, service] = METHOD_NAME.exec(name) ?? [];
  if (service === undefined || input === "" || output === "") return undefined;
  return { name, service, streaming, input, output };
}

/** Whether the descriptor has the messages and the kind of the method's definition. */
export function isDescribedBy(
  { input, output, streaming }: DurableMethod,
  described: DescMethod,
): boolean {
  const kind = streaming ? "server_streaming" : "unary";
  const hasMessages = described.input.typeName === input && described.output.typeName === output;
  return hasMessages && described.methodKind === kind;
}

/** What is said of a method whose descriptor is none of its definition. */
export function oddlyDescribed(name: string): string {
  return `the descriptor of ${name} names other messages than its definition, or another kind of method: it has no JSON`;
}
