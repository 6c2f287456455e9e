/** Between the methods of protobuf services and the tasks that they are. */
import {
  create,
  type DescMessage,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { protobufPayload } from "../core/payload.ts";

/** A method that can be a task: one request, and one response or a stream of them. */
export type TaskMethod<I extends DescMessage = DescMessage, O extends DescMessage = DescMessage> =
  DescMethodUnary<I, O> | DescMethodServerStreaming<I, O>;

/** A request, or what makes one, as the input of the method's task. Throws what protobuf says of values that don't fit. */
export function methodPayload<I extends DescMessage>(
  method: TaskMethod<I>,
  request: MessageInitShape<I>,
): Payload {
  return protobufPayload(method.input, create(method.input, request));
}
