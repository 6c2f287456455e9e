import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BACKENDS } from "../serve.ts";
import { call, EMBEDDING, startWeb, type Web, type WebEnv } from "./web.ts";

interface Sent {
  readonly event: string;
  readonly data: {
    readonly state: string;
    readonly progress: { readonly completed: number };
    readonly result?: unknown;
  };
}

describe("Express with server and worker inside", () => {
  test("tells of a task's progress as events, until its end", async (t) => {
    const web = await start(t);
    const { status, body } = await call(web, "/exports", { body: { rows: 3_000 } });
    assert.equal(status, 202);
    const sent = await allOf(eventsOf(web, body));
    assert.ok(sent.length >= 3, "the task as it is, some progress, the end");
    const completed = sent.map(({ data }) => data.progress.completed);
    assert.deepEqual(
      completed,
      completed.toSorted((a, b) => a - b),
    );
    assert.deepEqual(
      sent.map(({ event }) => event),
      [...sent.slice(1).map(() => "change"), "end"],
    );
    const ended = await call(web, String(body["link"]));
    assert.deepEqual(ended.body, sent.at(-1)!.data);
    assert.deepEqual(sent.at(-1)!.data.result, { rows: 3_000, bytes: 192_000 });
  });

  test("lets a task go on whose watcher leaves", async (t) => {
    const web = await start(t);
    const { body } = await call(web, "/exports", { body: { rows: 1_000 } });
    for await (const { event } of eventsOf(web, body)) if (event === "change") break;
    const again = await allOf(eventsOf(web, body));
    assert.equal(again.at(-1)?.data.state, "SUCCEEDED");
  });

  test("cancels a task, and its watcher hears of it", async (t) => {
    const web = await start(t);
    const { body } = await call(web, "/exports", { body: { rows: 100_000 } });
    const watching = allOf(eventsOf(web, body));
    await untilSome(web, body);
    assert.equal((await call(web, String(body["link"]), { method: "DELETE" })).status, 202);
    assert.equal((await watching).at(-1)?.data.state, "CANCELED");
  });

  test("answers bad input with 400 and its fields, and 404 for what is not there", async (t) => {
    const web = await start(t);
    for (const rows of [0, 1.5, "many", null, 1e9]) {
      const { status, body } = await call(web, "/exports", { body: { rows } });
      const [field] = body["fields"] as readonly { readonly field: string }[];
      assert.deepEqual([status, field?.field], [400, "rows"]);
    }
    assert.equal((await call(web, "/exports", { body: "{" })).status, 400);
    for (const path of ["/tasks/none", "/tasks/none/events"])
      assert.equal((await call(web, path)).body["error"], "TASK_NOT_FOUND");
  });

  test("that ends in order ends its streams, and goes on with the task where it is started again", async (t) => {
    const env = { QTASKS_URL: await BACKENDS["sqlite"]!(), QTASKS_GRACE_MS: "0" };
    const web = await start(t, env);
    const { body } = await call(web, "/exports", { body: { rows: 10_000 } });
    const watching = allOf(eventsOf(web, body));
    await untilSome(web, body);
    web.process.kill("SIGTERM");
    assert.equal((await watching).at(-1)?.event, "change");
    assert.deepEqual(await web.process.exit, { code: 0, signal: null });
    const next = await start(t, env);
    const sent = await allOf(eventsOf(next, body));
    assert.ok(sent[0]!.data.progress.completed > 0);
    assert.equal(sent.at(-1)?.data.state, "SUCCEEDED");
  });

  test("that is killed runs its tasks when it is started again", async (t) => {
    const env = { QTASKS_URL: await BACKENDS["sqlite"]!() };
    const web = await start(t, env);
    const { body } = await call(web, "/exports", { body: { rows: 1_000 } });
    await untilSome(web, body);
    web.process.kill("SIGKILL");
    await web.process.exit;
    const next = await start(t, env);
    const sent = await allOf(eventsOf(next, body));
    assert.equal(sent.at(-1)?.data.state, "SUCCEEDED");
  });
});

function start(t: TestContext, env: WebEnv = { QTASKS_URL: "memory:" }): Promise<Web> {
  return startWeb(t, join(EMBEDDING, "express/main.ts"), env);
}

/** Some rows are written. */
async function untilSome(web: Web, { link }: Readonly<Record<string, unknown>>): Promise<void> {
  for (;;) {
    const { progress } = (await call(web, String(link))).body as unknown as Sent["data"];
    if (progress.completed > 0) return;
    await sleep(20);
  }
}

async function allOf(events: AsyncIterable<Sent>): Promise<Sent[]> {
  const sent: Sent[] = [];
  for await (const event of events) sent.push(event);
  return sent;
}

/** What an EventSource in a page would get. Leaving the loop closes the connection. */
async function* eventsOf(
  web: Web,
  { events }: Readonly<Record<string, unknown>>,
): AsyncGenerator<Sent, void> {
  const response = await fetch(web.url + String(events));
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  let text = "";
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    const [...blocks] = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const [, event = "", data = ""] = block.match(/^event: (.*)\ndata: (.*)$/) ?? [];
      yield { event, data: JSON.parse(data) as Sent["data"] };
    }
  }
}
