/** The program that enqueues and awaits: a client of a QTasks server, in a process of its own. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { TaskState, TaskView } from "../../../gen/qtasksapi/v1/task_pb.ts";
import {
  AwaitTaskRequestSchema,
  AwaitTaskResponseSchema,
  EnqueueTaskRequestSchema,
  TaskService,
} from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { connect, grpcCalls, openChannel, type TaskClient } from "../../../src/client/index.ts";
import type { ServiceCalls } from "../../../src/core/calls.ts";
import { enqueueRequest } from "../../../src/core/enqueue-request.ts";
import { uuidv7 } from "../../../src/core/ids.ts";
import { fromPayload, toPayload } from "../../../src/core/payload.ts";
import type { Outcome } from "../measure/tally.ts";
import { openConnection } from "../http2/unary-connection.ts";
import { inFlight, batches } from "./in-flight.ts";
import { closedLoop, openLoop } from "./latencies.ts";
import { serveCallsOnly } from "./serve-calls.ts";
import { INPUT, RESULT, TASK } from "./work-items.ts";

const PATH = "/qtasksapi.v1.TaskService";
const READ_BATCH = 1_000;
const PATIENCE_MS = 120_000;
const AWAIT_SECONDS = 60n;

interface Target {
  readonly address: string;
  readonly client: TaskClient;
  readonly calls: ServiceCalls<typeof TaskService>;
}

let target: Target | undefined;
let acknowledged: string[] = [];
let answerBytes = 0;

const functions = {
  connect({ address }: { address: string }): void {
    const calls = grpcCalls(TaskService, openChannel({ address }));
    target = { address, client: connect({ address }), calls };
  },

  /** BatchEnqueueTasks of `size`, `width` at a time. */
  async enqueueBulk({ count, size, width }: { count: number; size: number; width: number }) {
    const { calls } = connected();
    const sizes = batches(count, size);
    return inFlight(sizes.length, width, async (index) => {
      const requests = Array.from({ length: sizes[index]! }, () =>
        enqueueRequest(TASK, toPayload(INPUT), {}),
      );
      const { results } = await calls.batchEnqueueTasks({ requests }, { timeoutMs: PATIENCE_MS });
      for (const { taskId, created } of results) if (created) acknowledged.push(taskId);
    });
  },

  /** EnqueueTask by prebuilt frames on one connection, `width` at a time. */
  async enqueueOneByOne({ count, width }: { count: number; width: number }) {
    const request = prebuilt();
    return callAll("EnqueueTask", count, width, () => {
      const taskId = uuidv7();
      return {
        message: request(taskId),
        answered: (message) => {
          if (message === undefined) return;
          acknowledged.push(taskId);
          answerBytes = message.length;
        },
      };
    });
  },

  /** The length of the latest answer to EnqueueTask. */
  answerBytes: (): number => answerBytes,

  /** A run at a time, enqueued and awaited by the client of this package. */
  runClosed: ({ count }: { count: number }) => closedLoop(count, runOne),

  /** Runs at a rate. */
  runOpen: ({ count, perSecond }: { count: number; perSecond: number }) =>
    openLoop(count, perSecond, runOne),

  /** Awaits tasks by one AwaitTask call for each, all at once. Returns how long it took, in ms. */
  async awaitEach({ ids }: { ids: readonly string[] }) {
    let failed = 0;
    let next = 0;
    const elapsedMs = await callAll("AwaitTask", ids.length, ids.length, () => {
      const wait = { seconds: AWAIT_SECONDS, nanos: 0 };
      const request = create(AwaitTaskRequestSchema, { taskId: ids[next++]!, wait });
      return {
        message: Buffer.from(toBinary(AwaitTaskRequestSchema, request)),
        answered: (message) => {
          if (message === undefined || !fromBinary(AwaitTaskResponseSchema, message).done) failed++;
        },
      };
    });
    return { elapsedMs, failed };
  },

  /** The ids that were acknowledged since the last time. */
  acknowledged(): string[] {
    const ids = acknowledged;
    acknowledged = [];
    return ids;
  },

  /** What is recorded of ended tasks. */
  async outcomes({ ids }: { ids: readonly string[] }): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    let rest = ids;
    while (rest.length > 0) outcomes.push(...(await read(rest.slice(0, READ_BATCH))));
    return outcomes;

    async function read(taskIds: readonly string[]): Promise<Outcome[]> {
      const request = { taskIds: [...taskIds], view: TaskView.RESULT };
      const page = await connected().calls.batchGetTasks(request, { timeoutMs: PATIENCE_MS });
      rest = [...page.deferredTaskIds, ...rest.slice(READ_BATCH)];
      return page.tasks
        .filter(({ state }) => state >= TaskState.SUCCEEDED)
        .map(({ taskId, state, attemptCount, result }) => ({
          id: taskId,
          attempts: attemptCount,
          right: state === TaskState.SUCCEEDED && fromPayload(result) === RESULT,
        }));
    }
  },
};

/** What the benchmark can ask the load's process. */
export type QTasksLoad = typeof functions;

serveCallsOnly(functions);

async function runOne(): Promise<void> {
  const taskId = uuidv7();
  const result = await connected().client.run(TASK, INPUT, { taskId });
  if (result !== RESULT) throw new Error(`another result: ${JSON.stringify(result)}`);
  acknowledged.push(taskId);
}

interface PrebuiltCall {
  readonly message: Buffer;
  readonly answered: (message: Buffer | undefined) => void;
}

/** Calls over one connection, `width` at a time. Returns how long it took, in ms. */
async function callAll(
  method: string,
  count: number,
  width: number,
  next: () => PrebuiltCall,
): Promise<number> {
  const connection = await openConnection(connected().address, `${PATH}/${method}`);
  const done = Promise.withResolvers<void>();
  let started = 0;
  let ended = 0;
  const start = (): void => {
    started++;
    const { message, answered } = next();
    connection.call(message, (answer) => {
      answered(answer);
      if (++ended === count) done.resolve();
      else if (started < count) start();
    });
  };
  const startedAt = performance.now();
  while (started < Math.min(width, count)) start();
  await done.promise;
  const elapsedMs = performance.now() - startedAt;
  connection.close();
  return elapsedMs;
}

/** Encoded once; only the task id is written anew into the same bytes. */
function prebuilt(): (taskId: string) => Buffer {
  const placeholder = uuidv7();
  const request = enqueueRequest(TASK, toPayload(INPUT), { taskId: placeholder });
  const bytes = Buffer.from(
    toBinary(EnqueueTaskRequestSchema, create(EnqueueTaskRequestSchema, request)),
  );
  const at = bytes.indexOf(placeholder, 0, "latin1");
  return (taskId) => {
    bytes.write(taskId, at, "latin1");
    return bytes;
  };
}

function connected(): Target {
  if (target === undefined) throw new Error("connect first");
  return target;
}
