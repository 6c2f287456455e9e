/** The methods that read tasks and wait for them. */
import { create, fromBinary } from "@bufbuild/protobuf";
import { TaskEventSchema, TaskFilterSchema, TaskView } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { taskNotFound } from "../../core/errors.ts";
import { isTerminal } from "../../core/record.ts";
import type { Pipeline } from "../../pipeline/pipeline.ts";
import type { Cursor } from "../../core/cursor.ts";
import { checkFilter } from "../checks/filter.ts";
import { decodePageToken, encodePageToken } from "../checks/page-token.ts";
import { checked, checkTaskId, checkTaskIds, checkView } from "../checks/tasks.ts";
import { taskAnswer, tasksAnswer } from "./task-answers.ts";
import type { TaskMethods } from "./task-methods.ts";
import { countFitting, toTasks, viewOr } from "./views.ts";
import { waitMs } from "./waiting.ts";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;
const DEFAULT_EVENTS = 1_000;
/** Records that one page of a list looks at, and one count. */
const LIST_EXAMINES = 2_000;
const COUNT_EXAMINES = 10_000;

export function readMethods(
  pipeline: Pipeline,
): TaskMethods<
  | "getTask"
  | "batchGetTasks"
  | "listTasks"
  | "countTasks"
  | "awaitTask"
  | "batchAwaitTasks"
  | "listTaskEvents"
> {
  const { limits, observer, storage, specs } = pipeline;
  // Room for what surrounds the tasks in the message.
  const maxBytes = limits.maxMessageBytes * 0.9;

  return {
    async getTask({ taskId, view }) {
      checked(limits, (check) => {
        checkTaskId(check, taskId);
        checkView(check, view);
      });
      const [record] = await pipeline.read([taskId]);
      if (record === undefined) throw taskNotFound(taskId);
      const shown = viewOr(view, TaskView.FULL);
      return taskAnswer(record, { specs, view: shown, now: storage.now() }, {});
    },

    async batchGetTasks({ taskIds, view }) {
      checked(limits, (check) => {
        checkTaskIds(check, taskIds);
        checkView(check, view);
      });
      const records = await pipeline.read(taskIds);
      const found = records.filter((record) => record !== undefined);
      const shown = viewOr(view, TaskView.FULL);
      const fitting = countFitting(found, shown, maxBytes);
      return {
        tasks: toTasks(found.slice(0, fitting), shown, storage.now()),
        missingTaskIds: taskIds.filter((_, index) => records[index] === undefined),
        deferredTaskIds: found.slice(fitting).map((record) => record.id),
      };
    },

    async listTasks({ filter = create(TaskFilterSchema), pageSize, pageToken, view }) {
      checked(limits, (check) => {
        checkFilter(check, filter);
        check.pageSize("page_size", pageSize);
        checkView(check, view);
      });
      const scope = { method: "ListTasks", filter };
      const page = await pipeline.list({
        filter,
        after: decodePageToken(scope, pageToken, isCursor),
        cutoffAt: 0,
        limit: Math.min(MAX_PAGE_SIZE, pageSize || DEFAULT_PAGE_SIZE),
        maxExamined: LIST_EXAMINES,
      });
      const shown = viewOr(view, TaskView.BASIC);
      const fitting = countFitting(page.records, shown, maxBytes);
      const records = page.records.slice(0, fitting);
      const last = records.at(-1);
      const next: Cursor | undefined = fitting < page.records.length ? last : page.next;
      return {
        tasks: toTasks(records, shown, storage.now()),
        nextPageToken:
          next === undefined
            ? ""
            : encodePageToken(scope, { createdAt: next.createdAt, id: next.id }),
      };
    },

    async countTasks({ filter = create(TaskFilterSchema) }) {
      checked(limits, (check) => checkFilter(check, filter));
      const counted = await storage.count({ filter, maxExamined: COUNT_EXAMINES });
      return {
        count: BigInt(counted.count),
        approximate: counted.approximate,
        states: [...counted.states].map(([state, count]) => ({ state, count: BigInt(count) })),
      };
    },

    async awaitTask({ taskId, wait, view, afterRevision }, context) {
      checked(limits, (check) => {
        checkTaskId(check, taskId);
        check.duration("wait", wait);
        checkView(check, view);
      });
      const record = await observer.awaitOne({
        taskId,
        waitMs: waitMs(wait, limits, context),
        afterRevision: afterRevision === undefined ? undefined : Number(afterRevision),
        signal: context.parked,
      });
      const shown = viewOr(view, TaskView.RESULT);
      const done = isTerminal(record.state);
      return taskAnswer(record, { specs, view: shown, now: storage.now() }, { done });
    },

    async batchAwaitTasks({ taskIds, wait, minCount, view }, context) {
      checked(limits, (check) => {
        checkTaskIds(check, taskIds);
        check.duration("wait", wait);
        check.integer("min_count", minCount, 0, limits.maxBatch);
        checkView(check, view);
      });
      const { done, missing } = await observer.awaitMany({
        taskIds,
        minCount,
        waitMs: waitMs(wait, limits, context),
        signal: context.parked,
      });
      const shown = viewOr(view, TaskView.RESULT);
      // Those that don't fit are terminal still when the caller asks for the rest.
      const records = done.slice(0, countFitting(done, shown, maxBytes));
      return tasksAnswer(records, { specs, view: shown, now: storage.now() }, [...missing]);
    },

    async listTaskEvents({ taskId, afterSequence, pageSize }) {
      checked(limits, (check) => {
        checkTaskId(check, taskId);
        check.pageSize("page_size", pageSize);
        if (afterSequence < 0n) check.add("after_sequence", `0 or more; got ${afterSequence}`);
      });
      const [record] = await pipeline.read([taskId]);
      if (record === undefined) throw taskNotFound(taskId);
      const page = await storage.events({
        id: taskId,
        afterSequence: Number(afterSequence),
        limit: Math.min(MAX_PAGE_SIZE, pageSize || DEFAULT_EVENTS),
        maxBytes,
      });
      const events = page.events.map((event) => fromBinary(TaskEventSchema, event.body));
      return { events, more: page.more };
    },
  };
}

function isCursor(position: unknown): position is Cursor {
  if (typeof position !== "object" || position === null) return false;
  const { createdAt, id } = position as Partial<Cursor>;
  return typeof createdAt === "number" && typeof id === "string";
}
