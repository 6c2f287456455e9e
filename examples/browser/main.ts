/**
 * A page that enqueues a task over Connect, watches it and shows its result. The server is the page's `?server=`,
 * else http://127.0.0.1:8080.
 */
import { createClient, ConnectError } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { TaskState, TaskView, type Task } from "../../gen/qtasksapi/v1/task_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";

const baseUrl = new URLSearchParams(location.search).get("server") ?? "http://127.0.0.1:8080";
const tasks = createClient(TaskService, createConnectTransport({ baseUrl }));

const form = element("form", HTMLFormElement);
const below = element("below", HTMLInputElement);
const bar = element("progress", HTMLProgressElement);
const result = element("result", HTMLOutputElement);
const error = element("error", HTMLElement);
const changes = element("changes", HTMLOListElement);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clear();
  run({ below: below.valueAsNumber }).catch((thrown: unknown) => {
    error.textContent = ConnectError.from(thrown).message;
  });
});

async function run(input: { readonly below: number }): Promise<void> {
  // The page's own id makes it harmless to repeat the call.
  const taskId = crypto.randomUUID();
  const payload = { body: { case: "text", value: JSON.stringify(input) } } as const;
  await tasks.enqueueTask({ taskId, spec: { name: "primes.count", payload } });
  for await (const task of watch(taskId)) show(task);
}

const REOPEN_MS = 1_000;

/** The task as it is, then each change; a server ends streams that grow old, and they are opened again. */
async function* watch(taskId: string): AsyncGenerator<Task, void> {
  let afterRevision: bigint | undefined;
  for (;;) {
    const request = { taskId, view: TaskView.RESULT, ...(afterRevision && { afterRevision }) };
    for await (const { event } of tasks.watchTask(request)) {
      if (event.case !== "task") continue;
      yield event.value;
      if (event.value.state >= TaskState.SUCCEEDED) return;
      afterRevision = event.value.revision;
    }
    await new Promise((resolve) => setTimeout(resolve, REOPEN_MS));
  }
}

function show(task: Task): void {
  const { state, progress, failure } = task;
  if (progress && progress.total > 0) bar.value = progress.completed / progress.total;
  const item = document.createElement("li");
  item.textContent = [nameOf(state), progress && `${Math.round(bar.value * 100)} %`]
    .filter(Boolean)
    .join(" ");
  changes.append(item);
  if (failure) error.textContent = failure.message;
  if (state === TaskState.SUCCEEDED) result.textContent = resultText(task);
}

function nameOf(state: TaskState): string {
  return Object.entries(TaskState).find(([, value]) => value === state)?.[0] ?? `state ${state}`;
}

function resultText({ result: payload }: Task): string {
  const text = payload?.body.case === "text" ? payload.body.value : "{}";
  const { count, largest } = JSON.parse(text) as { count: number; largest: number };
  return `${count} primes, the largest is ${largest}`;
}

function clear(): void {
  bar.value = 0;
  for (const shown of [result, error, changes]) shown.replaceChildren();
}

function element<E extends HTMLElement>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} called ${id}`);
}
