/** A method of a protobuf service as a task: its name, its definition, and the options that its proto gives it. */
import { getOption, hasOption, type DescMethod } from "@bufbuild/protobuf";
import { task as taskOption } from "../../gen/qtasksapi/v1/options_pb.ts";
import type { TaskOptions } from "../../gen/qtasksapi/v1/task_pb.ts";
import { methodTaskName } from "../core/task-method.ts";
import { mergeOptions } from "../core/spec.ts";
import type { Registration } from "./registration.ts";

/** What `option (qtasksapi.v1.task)` says of the method, laid over other options. */
export function methodOptions(method: DescMethod, under: TaskOptions): TaskOptions {
  return hasOption(method, taskOption) ? mergeOptions(getOption(method, taskOption), under) : under;
}

export function methodDefinition(
  method: DescMethod,
  options: TaskOptions,
): Registration["definition"] {
  return {
    name: methodTaskName(method),
    inputSchema: method.input.typeName,
    outputSchema: method.output.typeName,
    streaming: method.methodKind === "server_streaming",
    options,
  };
}
