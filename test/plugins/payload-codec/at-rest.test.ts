import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test, type TestContext } from "node:test";
import { fromPayload, QueueTasks, TaskError, TaskState, type Plugin } from "../../../src/index.ts";
import { payloadCodec } from "../../../src/plugins/payload-codec/index.ts";
import { QUIET } from "../../app/memory-app.ts";
import { ringOf } from "./setup.ts";
import { formsIn, redisStore, sqliteStore, type Store } from "./stores.ts";

const KINDS = ["input", "result", "output", "checkpoint", "details"] as const;
type Markers = Record<(typeof KINDS)[number], string>;

function newMarkers(): Markers {
  const entries = KINDS.map((kind) => [kind, `${kind}-${randomBytes(12).toString("hex")}`]);
  return Object.fromEntries(entries) as Markers;
}

function appOn({ url }: Store, t: TestContext, codec?: Plugin): QueueTasks {
  const app = new QueueTasks({ ...QUIET, url });
  if (codec !== undefined) app.use(codec);
  t.after(() => app.stop());
  return app;
}

/** Two tasks: one has succeeded with outputs; the other has failed once and waits, with its checkpoint. */
async function runTasks(app: QueueTasks, markers: Markers): Promise<readonly [string, string]> {
  const works = app.task("works", async function* (input: string) {
    assert.equal(input, markers.input);
    yield markers.output;
    return markers.result;
  });
  const fails = app.task(
    { name: "fails", retry: { maxAttempts: 2, initialBackoffMs: 3_600_000 } },
    (_: undefined, { saveCheckpoint }) => {
      saveCheckpoint({ at: markers.checkpoint });
      throw new TaskError("look at the details", { details: { why: markers.details } });
    },
  );
  await app.start({ server: false });
  const worked = await works.enqueue(markers.input);
  assert.equal(await worked.result(), markers.result);
  const failed = await fails.enqueue();
  for await (const change of failed.watch())
    if (change.type === "task" && change.task.state === TaskState.RETRYING) break;
  return [worked.id, failed.id];
}

const stores = { Redis: redisStore, SQLite: sqliteStore };
const codecs = {
  encrypted: () => payloadCodec({ encrypt: ringOf() }),
  "compressed and encrypted": () =>
    payloadCodec({ compress: { minBytes: 0 }, encrypt: ringOf(), requireEncryption: true }),
};

for (const [name, open] of Object.entries(stores))
  describe(`payloads in ${name}`, () => {
    test("can be read without the plugin", async (t) => {
      const store = await open();
      const markers = newMarkers();
      await runTasks(appOn(store, t), markers);
      const bytes = await store.bytes();
      for (const kind of KINDS) assert.deepEqual(formsIn(bytes, markers[kind]), ["plain"], kind);
    });

    for (const [how, codec] of Object.entries(codecs))
      test(`can't be read in any form where they are ${how}, save by who has the key`, async (t) => {
        const store = await open();
        const markers = newMarkers();
        const app = appOn(store, t, codec());
        const [worked, failed] = await runTasks(app, markers);
        const bytes = await store.bytes();
        assert.ok(bytes.includes(worked), "these are the bytes of the tasks");
        assert.ok(bytes.includes("aes256gcm;kid=2026-11"));
        for (const kind of KINDS) assert.deepEqual(formsIn(bytes, markers[kind]), [], kind);
        await readsAll(app, [worked, failed], markers);
      });
  });

/** Through the app's client, and by the next attempt. */
async function readsAll(
  app: QueueTasks,
  [worked, failed]: readonly [string, string],
  markers: Markers,
): Promise<void> {
  const client = await app.client();
  const { spec, result } = await client.get(worked);
  assert.equal(fromPayload(spec?.payload), markers.input);
  assert.equal(fromPayload(result), markers.result);
  for await (const output of client.handle(worked).outputs()) assert.equal(output, markers.output);
  const { failure } = await client.get(failed);
  assert.deepEqual(fromPayload(failure?.details), { why: markers.details });
  await client.reschedule(failed, { delayMs: 0 });
  const { failure: last, state } = await client.await(failed);
  assert.equal(state, TaskState.FAILED);
  assert.deepEqual(fromPayload(last?.details), { why: markers.details });
}

test("what is looked for is found in each of its forms", () => {
  const text = "marker-0123456789";
  const buffer = Buffer.from(text);
  const wrapped = (inner: Buffer | string) =>
    Buffer.concat([Buffer.from("\x00before"), Buffer.from(inner), Buffer.from("after")]);
  assert.deepEqual(formsIn(wrapped(buffer), text), ["plain"]);
  assert.deepEqual(formsIn(wrapped(buffer.toString("hex").toUpperCase()), text), ["hex"]);
  for (const before of ["", "x", "xy", "xyz"]) {
    const encoded = Buffer.from(`${before}${text}, and more`).toString("base64url");
    assert.deepEqual(formsIn(wrapped(encoded), text), ["base64"], before);
  }
  assert.deepEqual(formsIn(wrapped(Buffer.from(text, "utf16le")), text), ["UTF-16"]);
  assert.deepEqual(formsIn(wrapped("nothing"), text), []);
});
