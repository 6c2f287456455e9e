/** In which order the hooks of a point are called. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plugin } from "../../src/index.ts";
import { memoryApp } from "../app/memory-app.ts";

/** Notes in which order its hooks are called, one of each kind. */
function noted(trace: string[], name: string, order: Partial<Plugin> = {}): Plugin {
  return {
    name,
    ...order,
    install: ({ hook }) => {
      hook("app.starting", () => void trace.push(`starting ${name}`));
      hook("app.enqueue", async (call, next) => {
        trace.push(`enqueue ${name}`);
        return await next(call).finally(() => trace.push(`enqueued ${name}`));
      });
      hook("pipeline.enqueue", async (event) => {
        trace.push(`pipeline ${name}`);
        return event;
      });
      hook("pipeline.enqueued", () => void trace.push(`told ${name}`));
    },
  };
}

test("hooks of each kind are called in the declared order of their plugins", async (t) => {
  const app = memoryApp(t);
  const trace: string[] = [];
  app.use(noted(trace, "c", { after: ["b"] }));
  app.use(noted(trace, "b"));
  app.use(noted(trace, "a", { before: ["b"] }));
  const task = app.task("t", () => 1);
  await app.start({ server: false });
  await task.enqueue();
  assert.deepEqual(
    trace,
    [
      ["starting a", "starting b", "starting c"],
      ["enqueue a", "enqueue b", "enqueue c"],
      ["pipeline a", "pipeline b", "pipeline c"],
      ["told a", "told b", "told c"],
      ["enqueued c", "enqueued b", "enqueued a"],
    ].flat(),
  );
});

test("what is encoded by one after the other is decoded the other way round", async (t) => {
  const app = memoryApp(t);
  const around = (name: string): Plugin => ({
    name,
    install: ({ hook }) => {
      hook("app.encode", ({ payload }) => ({
        payload: { ...payload, encodings: [...payload.encodings, name] },
      }));
      hook("app.decode", ({ payload }) => {
        assert.equal(payload.encodings.at(-1), name);
        return { payload: { ...payload, encodings: payload.encodings.slice(0, -1) } };
      });
    },
  });
  app.use(around("inner")).use(around("outer"));
  const echo = app.task("echo", (value: string) => value);
  await app.start({ server: false });
  assert.equal(await echo.run("there and back"), "there and back");
});
