import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { FailureKind, fromPayload, QueueTasks, TaskView } from "../../../src/index.ts";
import { keyRing, payloadCodec, type KeyRing } from "../../../src/plugins/payload-codec/index.ts";
import { QUIET } from "../../app/memory-app.ts";
import { NEW, OLD } from "./setup.ts";
import { redisStore, sqliteStore } from "./stores.ts";

const BEFORE = keyRing("old", { old: OLD });
const DURING = keyRing("new", { old: OLD, new: NEW });
const AFTER = keyRing("new", { new: NEW });

/** One program's life: an app with that ring, stopped in the end. */
async function withApp<T>(
  t: TestContext,
  url: string,
  keys: KeyRing,
  body: (app: QueueTasks, echo: ReturnType<typeof echoOf>) => Promise<T>,
): Promise<T> {
  const app = new QueueTasks({ ...QUIET, url }).use(payloadCodec({ encrypt: { keys } }));
  t.after(() => app.stop());
  try {
    return await body(app, echoOf(app));
  } finally {
    await app.stop();
  }
}

function echoOf(app: QueueTasks) {
  return app.task("echo", (value: string) => `${value}, echoed`);
}

/** What an app without any key sees. */
async function encodingsOf(t: TestContext, url: string, id: string) {
  const app = new QueueTasks({ ...QUIET, url });
  t.after(() => app.stop());
  const { spec, result } = await (await app.client()).get(id);
  await app.stop();
  return { input: spec?.payload?.encodings.at(-1), result: result?.encodings.at(-1) };
}

for (const [name, open] of Object.entries({ Redis: redisStore, SQLite: sqliteStore }))
  describe(`a key rotation with tasks in ${name}`, () => {
    test("tasks that wait are run, and results stay readable, while the old key is in the ring", async (t) => {
      const { url } = await open();
      const done = await withApp(t, url, BEFORE, async (app, echo) => {
        await app.start({ server: false });
        const handle = await echo.enqueue("done before");
        await handle.done();
        return handle.id;
      });
      const waiting = await withApp(t, url, BEFORE, async (app, echo) => {
        await app.client();
        return (await echo.enqueue("waits")).id;
      });
      await withApp(t, url, DURING, async (app, echo) => {
        const client = await app.client();
        assert.equal(await client.handle(done).result(), "done before, echoed");
        await app.start({ server: false });
        assert.equal(await client.handle(waiting).result(), "waits, echoed");
        assert.equal(await echo.run("new"), "new, echoed");
      });
      assert.deepEqual(await encodingsOf(t, url, waiting), {
        input: "aes256gcm;kid=old",
        result: "aes256gcm;kid=new",
      });
    });

    test("once the old key is gone, errors name it, and all else goes on", async (t) => {
      const { url } = await open();
      const [done, waiting] = await withApp(t, url, BEFORE, async (app, echo) => {
        await app.start({ server: false });
        const handle = await echo.enqueue("done");
        await handle.done();
        return [handle.id, (await echo.enqueue("waits", { delayMs: 3_600_000 })).id] as const;
      });
      await withApp(t, url, AFTER, async (app, echo) => {
        await app.start({ server: false });
        const client = await app.client();
        const message = /encrypted with the key old, which is not in the key ring/;
        await assert.rejects(client.handle(done).result(), {
          reason: "MESSAGE_MALFORMED",
          message,
        });
        await client.reschedule(waiting, { delayMs: 0 });
        const { failure, attemptCount } = await client.await(waiting);
        assert.equal(failure?.kind, FailureKind.REJECTED);
        assert.equal(failure.type, "qtasks.PayloadUndecodable");
        assert.match(failure.message, message);
        assert.equal(attemptCount, 1);
        assert.equal(await echo.run("new"), "new, echoed");
        const inputs = new Map<string, string>();
        for await (const { taskId, spec } of client.list({}, { view: TaskView.FULL }))
          inputs.set(taskId, inputOf(spec?.payload));
        assert.equal(inputs.size, 3);
        assert.ok([...inputs.values()].includes("new"));
        assert.match(inputs.get(done)!, message);
        assert.match(inputs.get(waiting)!, message);
      });
    });
  });

function inputOf(payload: Parameters<typeof fromPayload>[0]): string {
  try {
    return String(fromPayload(payload));
  } catch (error) {
    return (error as Error).message;
  }
}
