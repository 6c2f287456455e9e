import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { startNode } from "../../support/process.ts";
import { tempFolder } from "../../support/temp.ts";
import type { SpanLine } from "./processes/telemetry.ts";

const PROCESSES = join(import.meta.dirname, "processes");

/** A task server and a web process that knows its gRPC address alone. */
async function startBoth(t: TestContext) {
  const file = join(tempFolder(), "spans.jsonl");
  const server = startNode(t, [join(PROCESSES, "task-server.ts"), file]);
  const [, address] = await server.waitForLine(/served on (\S+)/);
  const web = startNode(t, [join(PROCESSES, "web.ts"), file, address!]);
  const [, origin] = await web.waitForLine(/web on (\S+)/);
  const lines = (): SpanLine[] =>
    readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as SpanLine);
  return { server, web, origin: origin!, lines };
}

test("a task enqueued in Fastify's process and run in another shows as one trace, with its children", async (t) => {
  const { server, web, origin, lines } = await startBoth(t);
  const answer = await fetch(`${origin}/sums`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "[3,4]",
  });
  assert.deepEqual(await answer.json(), { sum: 25 });

  const spans = lines();
  const named = (name: string) => spans.filter((span) => span.name === name);
  const [request, enqueue, process] = [
    "POST /sums",
    "enqueue sum-of-squares",
    "process sum-of-squares",
  ].map((name) => {
    assert.equal(named(name).length, 1, name);
    return named(name)[0]!;
  });
  assert.equal(request!.parentSpanId, undefined);
  assert.equal(enqueue!.parentSpanId, request!.spanId);
  assert.equal(process!.parentSpanId, enqueue!.spanId);
  assert.deepEqual([request!.pid, enqueue!.pid, process!.pid], [web.pid, web.pid, server.pid]);

  const children = named("enqueue square");
  assert.equal(children.length, 2);
  for (const child of children) {
    assert.equal(child.parentSpanId, process!.spanId);
    assert.equal(named("process square").filter((s) => s.parentSpanId === child.spanId).length, 1);
  }
  assert.equal(spans.length, 7);
  assert.deepEqual([...new Set(spans.map(({ traceId }) => traceId))], [request!.traceId]);
});
