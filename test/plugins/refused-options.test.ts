import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { test } from "node:test";
import { pino } from "pino";
import { dependencies } from "../../src/plugins/dependencies/index.ts";
import { opentelemetry } from "../../src/plugins/opentelemetry/index.ts";
import { keyRing, payloadCodec } from "../../src/plugins/payload-codec/index.ts";
import { prometheus } from "../../src/plugins/prometheus/index.ts";
import { sharedState } from "../../src/plugins/state/index.ts";
import { protovalidate, validation } from "../../src/plugins/validation/index.ts";
import { memoryApp } from "../app/memory-app.ts";
import { refused, untyped } from "../support/refused.ts";

const SCHEMA = "expected a Standard Schema, as zod, valibot and arktype make them";
const keys = keyRing("k", { k: randomBytes(32) });

/** Accepts everything. */
const anything = {
  "~standard": {
    version: 1 as const,
    vendor: "test",
    validate: (value: unknown) => ({ value }),
  },
};

test("plugins refuse options that there are not, with the nearest one", () => {
  const cases: [() => unknown, string][] = [
    [
      () => payloadCodec(untyped({ encryption: { keys } })),
      "payloadCodec: encryption: no such option; did you mean encrypt?",
    ],
    [
      () => payloadCodec(untyped({ encrypt: { keys, key: 1 } })),
      "payloadCodec: encrypt: key: no such option; did you mean keys?",
    ],
    [
      () => payloadCodec(untyped({ compress: { algo: "gzip", minByte: 1 } })),
      "payloadCodec: compress: algo: no such option; did you mean algorithm?; " +
        "minByte: no such option; did you mean minBytes?",
    ],
    [
      () => prometheus(untyped({ defaultMetric: true })),
      "prometheus: defaultMetric: no such option; did you mean defaultMetrics?",
    ],
    [
      () => opentelemetry(untyped({ tracer: {} })),
      "opentelemetry: tracer: no such option; did you mean tracerProvider?",
    ],
    [
      () => dependencies(untyped({ overrides: [] })),
      "dependencies: overrides: no such option; did you mean override?",
    ],
    [
      () => sharedState(untyped<{ prefix: string }>({ prefix: "p", shema: anything })),
      "shared state: shema: no such option; did you mean schema?",
    ],
    [
      () => protovalidate(untyped({ result: false })),
      "protovalidate: result: no such option; did you mean results?",
    ],
    [
      () => validation(untyped({ schemas: {} })),
      "validation: schemas: no such option; expected one of tasks",
    ],
    [
      () => validation(untyped({})),
      "validation: tasks: expected an object of schemas by tasks; got undefined",
    ],
    [
      () => validation({ tasks: { t: untyped({ inputs: anything }), u: { output: untyped(1) } } }),
      `validation: tasks.t.inputs: no such option; did you mean input?; tasks.u.output: ${SCHEMA}; got number`,
    ],
    [
      () => validation({ tasks: { t: untyped(anything) } }),
      "validation: tasks.t: expected an object with input and output; got a schema",
    ],
  ];
  for (const [make, message] of cases) assert.throws(make, refused(message));
});

test("a codec that would do nothing is refused, as everything would stay readable", () => {
  for (const options of [undefined, {}, { encrypt: undefined }])
    assert.throws(
      () => payloadCodec(options),
      refused(
        "payloadCodec: without options nothing is compressed or encrypted: expected compress or encrypt; " +
          "compress: false for an app that only reads what others have compressed",
      ),
    );
  assert.throws(
    () => payloadCodec(untyped({ encrypt: false })),
    refused("payloadCodec: encrypt: options: expected an object; got boolean"),
  );
});

test("shared state and global config refuse what a write does not know, and nothing is written", async (t) => {
  const state = sharedState<number>({ prefix: "p" });
  const app = memoryApp(t).use(state);
  await app.start({ server: false, worker: false });
  const ttl = refused("ttl: no such option; did you mean ttlMs?", "FIELD_VIOLATION");
  await assert.rejects(state.put(untyped({ key: "k", value: 1, ttl: 5 })), ttl);
  await assert.rejects(
    state.update("k", () => 1, untyped({ ttl: 5 })),
    ttl,
  );
  assert.equal(await state.get("k"), undefined);
  await state.put({ key: "k", value: 1 });
  const version = refused(
    "version: no such option; did you mean expectedVersion?",
    "FIELD_VIOLATION",
  );
  await assert.rejects(state.delete("k", untyped({ version: 7 })), version);
  assert.equal((await state.get("k"))?.value, 1);
  const watch = refused("prefx: no such option; did you mean prefix?", "FIELD_VIOLATION");
  await assert.rejects(state.watch(untyped({ prefx: "k" })).next(), watch);
  const config = await app.globalConfig();
  await assert.rejects(config.put(untyped({ key: "c", value: 1, version: 7 })), version);
  assert.equal(await config.get("c"), undefined);
});

test("a schema for nearly the name of a task is warned of, one for a task of others is not", async (t) => {
  const lines: { level: number; task?: string; msg: string }[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(chunk.toString()) as (typeof lines)[number]);
      done();
    },
  });
  const app = memoryApp(t, { logger: pino({ level: "warn" }, sink) });
  app.task("mail.send", () => 1);
  app.task("mail.sent", () => 1);
  const input = anything;
  app.use(
    validation({ tasks: { "mail.snd": { input }, "mail.sent": { input }, billing: { input } } }),
  );
  await app.start({ server: false });
  const told = lines.filter(({ msg }) => msg.startsWith("validation"));
  assert.deepEqual(
    told.map(({ task, msg }) => [task, msg]),
    [["mail.snd", "validation: no task of this app has that name; did you mean mail.send?"]],
  );
});
