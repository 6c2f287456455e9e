/** What an application injects to call tasks. */
import { Injectable } from "@nestjs/common";
import { QueueTasks, type SendOptions, type TaskHandle } from "qtasks";

/** Calls tasks by name, from controllers and other providers. */
@Injectable()
export class Tasks {
  constructor(private readonly app: QueueTasks) {}

  /** Enqueues a task; settles once it is durable. */
  async enqueue<Result>(
    name: string,
    input?: unknown,
    options?: SendOptions,
  ): Promise<TaskHandle<Result>> {
    return (await this.app.client()).enqueue<Result>(name, input, options);
  }

  /** A task by its id; nothing is asked before the handle is. */
  async handle<Result>(taskId: string): Promise<TaskHandle<Result>> {
    return (await this.app.client()).handle<Result>(taskId);
  }
}
