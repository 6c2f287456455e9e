/** Calls whose callers leave, and how many there may be, without a listener before them. */
import assert from "node:assert/strict";
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { pino } from "pino";
import { Call } from "../../../src/server/call.ts";
import { DurableCalls } from "../../../src/server/durable/durable-calls.ts";
import { failureOf } from "../callers.ts";
import { onBothBackends, type Scene } from "../../pipeline/setup.ts";

const METHOD = "acme.v1.Tasks/Do";
const STREAM = "acme.v1.Tasks/Stream";
const TYPES = { inputSchema: "acme.v1.Request", outputSchema: "acme.v1.Answer" };

async function open(scene: Scene): Promise<DurableCalls> {
  const definitions = [
    { name: METHOD, ...TYPES },
    { name: STREAM, ...TYPES, streaming: true },
  ];
  await scene.system.applyTaskDefinitions({ definitions });
  return new DurableCalls(scene.pipeline, pino({ level: "silent" }));
}

function calling(durable: DurableCalls, method: string, headers: Record<string, string> = {}) {
  const init = {
    method,
    deadlineAt: undefined,
    readHeaders: () => new Map(Object.entries(headers)),
  };
  const call = new Call(init, new AbortController().signal);
  const events = durable.call(method, new Uint8Array(), call)[Symbol.asyncIterator]();
  return { call, events };
}

async function headersOf({ events }: ReturnType<typeof calling>): Promise<string> {
  const { value } = await events.next();
  assert.ok(value?.kind === "headers");
  return value.taskId;
}

onBothBackends("durable calls", (it) => {
  it("that are left after their headers leave no error behind", async (scene) => {
    const durable = await open(scene);
    const kinds: Record<string, string>[] = [{}, { "qtasks-unique-key": "only" }];
    for (const headers of kinds) {
      const left = calling(durable, METHOD, headers);
      await headersOf(left);
      await left.events.return?.();
      // It looks once more now, and can't; unhandled, the error would fail this test.
      const broken = mock.method(scene.storage, "read", () => Promise.reject(new Error("gone")));
      left.call.drain();
      await turn();
      broken.mock.restore();
    }
  });

  it("answer in no more streams than are allowed", { limits: { maxStreams: 1 } }, async (scene) => {
    const durable = await open(scene);
    const first = calling(durable, STREAM);
    await headersOf(first);
    const error = await failureOf(calling(durable, STREAM).events.next());
    assert.match(String(error), /1 methods answer in streams/);
    await first.events.return?.();
    await headersOf(calling(durable, STREAM));
  });
});
