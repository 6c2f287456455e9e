/** Messages that are made by hand are those that protobuf-es would make. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import {
  PayloadSchema,
  TaskOptionsSchema,
  TaskSpecSchema,
  TaskState,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  BatchEnqueueResultSchema,
  BatchEnqueueTasksRequestSchema,
  EnqueueTaskRequestSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import {
  OutcomeResultSchema,
  OutcomeSchema,
  OutcomeVerdict,
  SuccessSchema,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import * as messages from "../../src/core/messages.ts";

test("messages that are made by hand are those that protobuf-es would make", () => {
  const body = { case: "text", value: "1" } as const;
  const result = create(PayloadSchema, { body });
  const success = create(SuccessSchema, { result });
  const outcome = {
    leaseToken: new Uint8Array([1]),
    kind: { case: "success", value: success },
    checkpoint: undefined,
    eventCount: 2n,
  } as const;
  const pairs: [made: object, expected: object][] = [
    [messages.newPayload(), create(PayloadSchema)],
    [
      messages.newPayload(body, "text/plain"),
      create(PayloadSchema, { body, contentType: "text/plain" }),
    ],
    [messages.newSpec(), create(TaskSpecSchema)],
    [messages.newOptions(), create(TaskOptionsSchema)],
    [messages.newEnqueueTask(), create(EnqueueTaskRequestSchema)],
    [messages.newBatchEnqueue([]), create(BatchEnqueueTasksRequestSchema)],
    [
      messages.newEnqueueResult("a", true),
      create(BatchEnqueueResultSchema, { taskId: "a", created: true }),
    ],
    [messages.newSuccess(result), success],
    [
      messages.newOutcomeResult(OutcomeVerdict.STALE, TaskState.FAILED),
      create(OutcomeResultSchema, { verdict: OutcomeVerdict.STALE, taskState: TaskState.FAILED }),
    ],
  ];
  for (const [made, expected] of pairs) assert.deepEqual(made, expected);
  const { checkpoint: _, ...rest } = messages.newOutcome(outcome);
  assert.deepEqual(rest, create(OutcomeSchema, outcome));
});
