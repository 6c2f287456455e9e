/** Inputs of typed tasks, as TaskService gets them: JSON becomes the message that it stands for. */
import { fromJsonString, toBinary, type DescMethod } from "@bufbuild/protobuf";
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { fieldError } from "../../core/errors.ts";
import type { Limits } from "../../core/limits.ts";
import { bytesPayload } from "../../core/payload.ts";
import { checkPayload } from "../checks/payload.ts";
import { checked } from "../checks/tasks.ts";
import type { DurableCalls } from "./durable-calls.ts";

/**
 * The request with a typed task's input as protobuf; any other request as it is. FIELD_VIOLATION where the input is not the message of
 * its method, PAYLOAD_TOO_LARGE where it is larger than its JSON. JSON is left as it is where the server lacks the descriptor: the
 * worker reads it then.
 */
export function withTypedInput(
  request: EnqueueTaskRequest,
  durable: DurableCalls | undefined,
  field: string,
  limits: Limits,
): EnqueueTaskRequest {
  const spec = request.spec!;
  const method = durable?.methods.get(spec.name);
  if (method === undefined) return request;
  const { payload } = spec;
  if (payload !== undefined && payload.schema !== "") {
    if (payload.schema === method.input) return request;
    throw fieldError(
      `${field}.schema`,
      `${spec.name} takes a ${method.input}; got ${payload.schema}`,
    );
  }
  const described = durable!.describe(spec.name);
  const json = jsonOf(payload);
  if (described === undefined || json === undefined) return request;
  const bytes = toBinary(described.input, parsed(described, json, field, durable!));
  const typed = bytesPayload(method.input, bytes);
  checked(limits, (check) => checkPayload(check, field, typed));
  return { ...request, spec: { ...spec, payload: typed } };
}

/** The text of a JSON payload; of none, that of a message without fields. */
function jsonOf(payload: Payload | undefined): string | undefined {
  if (payload?.body.case === undefined) return "{}";
  const { body, contentType, encodings } = payload;
  const isJson = /^application\/json\b/i.test(contentType) || contentType === "";
  return isJson && body.case === "text" && encodings.length === 0 ? body.value : undefined;
}

function parsed({ input, parent }: DescMethod, json: string, field: string, durable: DurableCalls) {
  try {
    return fromJsonString(input, json, { registry: durable.registryOf(parent.file) });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw fieldError(field, `not a ${input.typeName} in JSON: ${detail}`);
  }
}
