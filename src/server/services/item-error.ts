/** An error as the verdict on one item of a batch. */
import { create } from "@bufbuild/protobuf";
import { ItemErrorSchema, type ItemError } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { QTasksError } from "../../core/errors.ts";
import { STATUS_CODES } from "../../core/status-code.ts";

export function itemError(error: QTasksError): ItemError {
  const { code, reason, message } = error;
  return create(ItemErrorSchema, { code: STATUS_CODES[code], reason, message });
}
