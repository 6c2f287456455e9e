/** An error as the verdict on one item of a batch. */
import { create } from "@bufbuild/protobuf";
import { ItemErrorSchema, type ItemError } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { QTasksError } from "../../core/errors.ts";
import { CODE_NUMBERS } from "../status.ts";

export function itemError(error: QTasksError): ItemError {
  const { code, reason, message } = error;
  return create(ItemErrorSchema, { code: CODE_NUMBERS[code], reason, message });
}
