/** The methods that make tasks. */
import { TaskView } from "../../../gen/qtasksapi/v1/task_pb.ts";
import {
  type BatchEnqueueResult,
  type EnqueueTaskRequest,
} from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { QTasksError } from "../../core/errors.ts";
import { uuidv7 } from "../../core/ids.ts";
import { newEnqueueResult } from "../../core/messages.ts";
import { isTerminal } from "../../core/record.ts";
import type { Limits } from "../../core/limits.ts";
import type { Enqueued, EnqueueOutcome } from "../../pipeline/enqueue.ts";
import type { AwaitParams } from "../../pipeline/observer.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import { checked, checkEnqueue, checkView, violated } from "../checks/tasks.ts";
import type { DurableCalls } from "../durable/durable-calls.ts";
import { withTypedInput } from "../durable/typed-input.ts";
import { itemError } from "./item-error.ts";
import { taskAnswer } from "./task-answers.ts";
import type { TaskMethods } from "./task-methods.ts";
import { viewOr } from "./views.ts";
import { waitMs } from "./waiting.ts";

export function enqueueMethods(
  pipeline: Pipeline,
  durable: DurableCalls | undefined,
): TaskMethods<"enqueueTask" | "batchEnqueueTasks" | "runTask"> {
  const { limits, enqueuer, observer, storage, specs } = pipeline;

  async function runToEnd(
    request: EnqueueTaskRequest,
    wait: Omit<AwaitParams, "taskId">,
  ): Promise<Enqueued> {
    // Under a unique key the task may turn out to be another one.
    if (request.spec?.unique !== undefined) {
      const { record, created } = await enqueuer.enqueue(request);
      return { record: await observer.awaitOne({ ...wait, taskId: record.id }), created };
    }
    const taskId = request.taskId || uuidv7();
    let created = false;
    const record = await observer.awaitNew({ ...wait, taskId }, async () => {
      const enqueued = await enqueuer.enqueue({ ...request, taskId });
      created = enqueued.created;
      return enqueued.record;
    });
    return { record, created };
  }

  return {
    async enqueueTask(request) {
      checked(limits, (check) => checkEnqueue(check, request));
      const typed = withTypedInput(request, durable, "spec.payload", limits);
      const { record, created } = await enqueuer.enqueue(typed);
      return taskAnswer(record, { specs, view: TaskView.BASIC, now: storage.now() }, { created });
    },

    async batchEnqueueTasks({ requests }) {
      checked(limits, (check) => {
        if (requests.length === 0) check.add("requests", "at least one");
        check.size("requests", requests.length, limits.maxBatch);
      });
      const checkedRequests = requests.map((request) => itemOf(request, limits, durable));
      const good = checkedRequests.filter(
        (item): item is EnqueueTaskRequest => !(item instanceof Error),
      );
      const outcomes = await enqueuer.enqueueAll(good);
      let next = 0;
      return {
        results: checkedRequests.map((item, at) =>
          resultOf(requests[at]!, item instanceof Error ? item : outcomes[next++]!),
        ),
      };
    },

    async runTask({ enqueue, wait, view }, context) {
      checked(limits, (check) => {
        if (enqueue === undefined) check.add("enqueue", "is required");
        else checkEnqueue(check, enqueue, "enqueue.");
        check.duration("wait", wait);
        checkView(check, view);
      });
      const typed = withTypedInput(enqueue!, durable, "enqueue.spec.payload", limits);
      const { record, created } = await runToEnd(typed, {
        waitMs: waitMs(wait, limits, context),
        signal: context.parked,
      });
      const shown = viewOr(view, TaskView.RESULT);
      const done = isTerminal(record.state);
      return taskAnswer(record, { specs, view: shown, now: storage.now() }, { created, done });
    },
  };
}

/** An item of a batch as it is to be enqueued, or what is wrong with it. */
function itemOf(
  request: EnqueueTaskRequest,
  limits: Limits,
  durable: DurableCalls | undefined,
): EnqueueTaskRequest | QTasksError {
  const refusal = violated(limits, (check) => checkEnqueue(check, request));
  if (refusal !== undefined) return refusal;
  try {
    return withTypedInput(request, durable, "spec.payload", limits);
  } catch (thrown) {
    return QTasksError.from(thrown);
  }
}

/** What the caller gets for an item of a batch. */
function resultOf(request: EnqueueTaskRequest, outcome: EnqueueOutcome): BatchEnqueueResult {
  if (!(outcome instanceof Error)) return newEnqueueResult(outcome.record.id, outcome.created);
  const error = QTasksError.from(outcome);
  // A fault of the server is no verdict on the item: the whole call fails and is repeated.
  if (error.code === "INTERNAL" || error.code === "UNAVAILABLE") throw error;
  const holder = error.reason === "UNIQUE_KEY_HELD" ? error.metadata["task_id"] : undefined;
  const taskId = holder ?? request.taskId;
  return { ...newEnqueueResult(taskId, false), error: itemError(error) };
}
