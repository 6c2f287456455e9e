/** Routes that have a task do the work: it is enqueued, and awaited as long as the client cares to wait. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { QTasksError, TaskView, type TaskMessage } from "../../../src/index.ts";
import { stateName } from "../../../src/client/index.ts";
import { makeQuote, type Quote } from "./handlers.ts";
import { getTask, postQuote, type GetTask, type PostQuote } from "./schemas.ts";
import { disconnect, resultInTime } from "./waiting.ts";

/** How long the task server may take to accept a task, in ms; QTasks would go on for half a minute. */
const ENQUEUE_MS = 5_000;

/** For `fastify.register`, after the plugin of QTasks. */
export async function routes(fastify: FastifyInstance): Promise<void> {
  const closing = new AbortController();
  // Who waits is answered with 202 when this process ends; another one, or this one restarted, has the result later.
  fastify.addHook("preClose", async () => closing.abort());

  fastify.post<PostQuote>("/quotes", { schema: postQuote }, async (request, reply) => {
    const { waitMs, onDisconnect } = request.query;
    const gone = disconnect(reply);
    const handle = await makeQuote.enqueue(request.body, {
      taskId: request.headers["idempotency-key"],
      patienceMs: ENQUEUE_MS,
      signal: closing.signal,
    });
    const signal = AbortSignal.any([gone, closing.signal]);
    const quote = await resultInTime(handle, { timeoutMs: waitMs, signal });
    if (quote !== undefined) return quote;
    if (gone.aborted && onDisconnect === "cancel")
      await handle.cancel({ reason: "the client closed its connection" });
    return askLater(reply, handle.id);
  });

  fastify.get<GetTask>("/tasks/:id", { schema: getTask }, async (request, reply) => {
    const client = await fastify.qtasks.client();
    const handle = client.handle<Quote>(request.params.id);
    const task = ofQuotes(await handle.get({ view: TaskView.BASIC }));
    const signal = AbortSignal.any([disconnect(reply), closing.signal]);
    const quote = await resultInTime(handle, { timeoutMs: request.query.waitMs, signal });
    return quote ?? askLater(reply, handle.id, task);
  });
}

/** 202, with the task's id and where its result will be. */
function askLater(reply: FastifyReply, taskId: string, task?: TaskMessage): object {
  const link = `/tasks/${encodeURIComponent(taskId)}`;
  reply.code(202).headers({ location: link, "retry-after": "1" });
  if (task === undefined) return { taskId, link };
  const { completed = 0n, total = 0n } = task.progress ?? {};
  const progress = { completed: Number(completed), total: Number(total) };
  return { taskId, link, state: stateName(task.state), progress };
}

/** Tasks of other kinds are none of this route's business, whoever guesses their ids. */
function ofQuotes(task: TaskMessage): TaskMessage {
  if (task.spec?.name === makeQuote.name) return task;
  throw new QTasksError("TASK_NOT_FOUND", `no task has the id ${task.taskId}`);
}
