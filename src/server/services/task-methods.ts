import type { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import type { ServiceFunctions } from "../service.ts";

/** Some of the methods of TaskService: what one file of them implements. */
export type TaskMethods<M extends keyof ServiceFunctions<typeof TaskService>> = Pick<
  ServiceFunctions<typeof TaskService>,
  M
>;
