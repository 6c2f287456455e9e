/** TaskService: for programs that enqueue, await, watch and cancel tasks. */
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import type { DurableCalls } from "../durable/durable-calls.ts";
import { defineService, type ServiceDefinition } from "../service.ts";
import { changeMethods } from "./task-changes.ts";
import { enqueueMethods } from "./task-enqueues.ts";
import { readMethods } from "./task-reads.ts";
import { watchMethods } from "./task-watches.ts";

/** `durable` knows the messages of typed tasks. */
export function taskService(pipeline: Pipeline, durable?: DurableCalls): ServiceDefinition {
  return defineService(TaskService, {
    ...enqueueMethods(pipeline, durable),
    ...readMethods(pipeline),
    ...watchMethods(pipeline),
    ...changeMethods(pipeline),
  });
}
