import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { moduleHandler, QueueTasks, TaskFailedError, threads } from "../../src/index.ts";
import { ConformanceTasks } from "../gen/conformance/v1/conformance_pb.ts";
import type * as typed from "./threads/typed.ts";

const QUIET = { logger: pino({ level: "silent" }), env: {}, configFile: false } as const;
const URL_OF_HANDLERS = new URL("./threads/typed.ts", import.meta.url);

for (const executor of [threads({ maxThreads: 1 }), undefined])
  test(`methods of a service in modules, ${executor ? "in threads" : "inline"}: unary, streaming, failures`, async (t) => {
    const app = new QueueTasks({ ...QUIET, url: "memory:" });
    t.after(() => app.stop());
    const options = { executor, retry: { maxAttempts: 1 } };
    const { echo, count, fail } = app.service(
      ConformanceTasks,
      {
        echo: moduleHandler<typeof typed, "echo">(URL_OF_HANDLERS, "echo"),
        count: moduleHandler<typeof typed, "count">(URL_OF_HANDLERS, "count"),
        fail: moduleHandler<typeof typed, "fail">(URL_OF_HANDLERS, "fail"),
      },
      { options: { echo: options, count: options, fail: options } },
    );
    await app.start({ server: false });
    const handle = await echo.enqueue({ text: "one" }, { headers: { "x-a": "b" } });
    const { text, metadata } = await handle.result({ timeoutMs: 10_000 });
    assert.deepEqual([text, metadata["x-a"]], ["one", "b"]);
    assert.equal(metadata["thread"] === "0", executor === undefined);
    const values: number[] = [];
    for await (const { value } of count.run({ count: 3 })) values.push(value);
    assert.deepEqual(values, [0, 1, 2]);
    const failure = async (message: string) => {
      const error: unknown = await fail
        .run({ message }, { timeoutMs: 10_000 })
        .catch((thrown: unknown) => thrown);
      assert.ok(error instanceof TaskFailedError, String(error));
      return error.failure;
    };
    const refused = await failure("too many");
    assert.deepEqual([refused?.type, refused?.message], ["grpc.OUT_OF_RANGE", "too many"]);
  });
