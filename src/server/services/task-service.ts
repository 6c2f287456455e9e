/** TaskService: for programs that enqueue, await, watch and cancel tasks. */
import type { ServiceFunctions } from "../service.ts";
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { defineService, type ServiceDefinition } from "../service.ts";
import { changeMethods } from "./task-changes.ts";
import { enqueueMethods } from "./task-enqueues.ts";
import { readMethods } from "./task-reads.ts";
import { watchMethods } from "./task-watches.ts";

/** Which methods of the service a part implements. */
export type TaskMethods<M extends keyof ServiceFunctions<typeof TaskService>> = Pick<
  ServiceFunctions<typeof TaskService>,
  M
>;

export function taskService(pipeline: Pipeline): ServiceDefinition {
  return defineService(TaskService, {
    ...enqueueMethods(pipeline),
    ...readMethods(pipeline),
    ...watchMethods(pipeline),
    ...changeMethods(pipeline),
  });
}
