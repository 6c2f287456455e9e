/** Which token an attempt of this worker has: handlers are not told, and the history wants to know. */
import type { WorkerService } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { ServiceCalls } from "../../../src/core/calls.ts";
import { tokenText } from "../history/messages.ts";

const MAX_LEASES = 10_000;

/** Learns tokens from the answers to polls. */
export class LeaseBook {
  readonly #tokens = new Map<string, string>();

  /** The same calls, read along. */
  over(calls: ServiceCalls<typeof WorkerService>): ServiceCalls<typeof WorkerService> {
    return {
      ...calls,
      pollTasks: async (request, options) => {
        const answer = await calls.pollTasks(request, options);
        for (const { taskId, attempt, leaseToken } of answer.tasks)
          this.#learn(keyOf(taskId, attempt), tokenText(leaseToken));
        return answer;
      },
    };
  }

  /** Empty where the attempt is not known. */
  readonly tokenOf = (taskId: string, attempt: number): string =>
    this.#tokens.get(keyOf(taskId, attempt)) ?? "";

  #learn(key: string, token: string): void {
    this.#tokens.set(key, token);
    if (this.#tokens.size <= MAX_LEASES) return;
    const [oldest] = this.#tokens.keys();
    this.#tokens.delete(oldest!);
  }
}

function keyOf(taskId: string, attempt: number): string {
  return `${attempt} ${taskId}`;
}
