import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { resolveConfig, type ConfigSources } from "../../src/config/resolve.ts";
import { showConfig } from "../../src/config/show.ts";
import { tempFolder } from "../support/temp.ts";

function fileWith(content: unknown): string {
  const path = join(tempFolder(), "qtasks.config.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("defaults, file, environment and arguments, each over the one before", () => {
  const file = fileWith({ slots: 2, graceMs: 2, url: "memory:", queues: ["a"] });
  const { values, sources } = resolveConfig({
    file,
    env: { QTASKS_SLOTS: "3", QTASKS_GRACE_MS: "3", QTASKS_HTTP: "off", QTASKS_LOG_LEVEL: "" },
    arguments: { slots: 4, workerId: undefined },
  });
  const { slots, graceMs, url, queues, http, logLevel, grpc } = values;
  assert.deepEqual(
    [slots, graceMs, url, queues, http, logLevel, grpc],
    [4, 3, "memory:", ["a"], false, "info", "127.0.0.1:50051"],
  );
  assert.deepEqual(
    [sources.slots, sources.graceMs, sources.url, sources.grpc],
    ["argument", "env", "file", "default"],
  );
});

test("texts of the environment are read as what the option is", () => {
  const env = {
    QTASKS_QUEUES: "a, b",
    QTASKS_INSECURE: "true",
    QTASKS_CORS_ORIGINS: "*",
    QTASKS_TLS: "0",
  };
  const { values } = resolveConfig({ env, file: false });
  assert.deepEqual(
    [values.queues, values.insecure, values.corsOrigins, values.tls],
    [["a", "b"], true, ["*"], false],
  );
});

test("each fault names the option, what is expected and what came", () => {
  const faults: [ConfigSources, RegExp][] = [
    [{ arguments: { slots: 0 } }, /^slots: expected a whole number from 1 to 10000; got 0$/],
    [{ env: { QTASKS_SLOTS: "many" } }, /^QTASKS_SLOTS: expected a whole .*; got "many"$/],
    [{ env: { QTASKS_INSECURE: "maybe" } }, /^QTASKS_INSECURE: expected true or false/],
    [{ file: fileWith({ graceMs: -1 }) }, /^graceMs \(in the file\): expected .*; got -1$/],
    [{ file: fileWith({ slot: 1 }) }, /^slot \(in the file\): expected one of url, /],
    [{ file: fileWith("{") }, /^config file .*qtasks\.config\.json: /],
    [{ file: fileWith("[]") }, /expected a JSON object/],
    [{ file: "/does/not/exist.json" }, /^config file: ENOENT/],
    [{ arguments: { grpc: "nowhere" } }, /^grpc: expected HOST:PORT, or false/],
    [{ arguments: { grpc: "h:70000" } }, /^grpc: /],
    [{ arguments: { logLevel: "loud" as never } }, /^logLevel: expected one of trace, /],
  ];
  for (const [from, message] of faults)
    assert.throws(() => resolveConfig({ env: {}, file: false, ...from }), {
      reason: "CONFIG_INVALID",
      message,
    });
});

test("what is shown has no secrets", () => {
  const shown = showConfig(
    resolveConfig({
      env: { QTASKS_TOKEN: "hush" },
      file: false,
      arguments: { url: "redis://me:hush@host:1" },
    }),
  );
  assert.ok(!JSON.stringify(shown).includes("hush"));
  const byName = new Map(shown.map((row) => [row.name, row]));
  assert.equal(byName.get("url")?.value, "redis://me:***@host:1");
  assert.deepEqual(
    [byName.get("token")?.value, byName.get("token")?.source, byName.get("graceMs")?.variable],
    ["***", "env", "QTASKS_GRACE_MS"],
  );
  assert.ok(shown.every(({ description }) => description.endsWith(".") || description.length > 20));
});

test("a secret of the wrong kind is not in the error", () => {
  const bad = () => resolveConfig({ env: {}, file: false, arguments: { token: 4711 as never } });
  assert.throws(bad, (error: Error) => !error.message.includes("4711"));
});
