/**
 * The engine's thread. Its inbox is where calls gather: all that came while a flush ran are the
 * next one.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { QTasksError } from "../../../core/errors.ts";
import { loadEngine } from "../engine-kinds.ts";
import { openSession, type OpenedSession } from "../open-session.ts";
import { buffersOf } from "../packed.ts";
import type { TimedCall } from "../session.ts";
import type { Answer, Reply, Request, ThreadData } from "./calls.ts";

/** Where a flush ends though more calls are there: each call is a batch itself. */
const MAX_CALLS = 64;
const MAX_BYTES = 1024 * 1024;

if (parentPort === null) throw new Error("this module is a worker thread's entry");
const port = parentPort;

function say(reply: Reply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(reply, transfer);
}

function sayAnswers(answers: readonly Answer[]): void {
  say(
    { kind: "answers", answers },
    answers.flatMap((answer) => (answer.failure === undefined ? buffersOf(answer.value) : [])),
  );
}

/** Everything that is in the inbox, within bounds. */
function gather(first: Request): Request[] {
  const requests: Request[] = [];
  let [calls, bytes] = [0, 0];
  for (let request: Request | undefined = first; request !== undefined;) {
    requests.push(request);
    calls += request.calls.length;
    for (const call of request.calls)
      for (const buffer of buffersOf(call.params)) bytes += buffer.byteLength;
    const full = calls >= MAX_CALLS || bytes >= MAX_BYTES;
    request = full ? undefined : (receiveMessageOnPort(port)?.message as Request | undefined);
  }
  return requests;
}

function serve({ session }: OpenedSession): void {
  port.on("message", (first: Request) => {
    const requests = gather(first);
    const calls: TimedCall[] = requests.flatMap(({ now, calls: made }) =>
      made.map((call) => ({ ...call, now })),
    );
    if (calls.length > 0) session.flush(calls, sayAnswers);
    const end = requests.find((request) => request.stop);
    if (end === undefined && !session.broken) return;
    session.close(end?.now ?? 0);
    port.close();
  });
}

try {
  const data = workerData as ThreadData;
  const opened = openSession(data, await loadEngine(data));
  say({ kind: "opened", facts: opened.facts, warnings: opened.warnings });
  serve(opened);
} catch (thrown) {
  const { reason, message } = QTasksError.from(thrown);
  say({ kind: "refused", failure: { reason, message } });
}
