import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { QTasksError } from "../../src/core/errors.ts";
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
    [{ file: fileWith({ graceMs: -1 }) }, /^graceMs \(in .*config\.json\): expected .*; got -1$/],
    [{ file: fileWith({ slot: 1 }) }, /^slot \(in .*\): no such option; did you mean slots\?$/],
    [{ file: fileWith({ grace: 1 }) }, /^grace \(in .*\): no such option; did you mean graceMs\?$/],
    [{ file: fileWith({ x: 1 }) }, /^x \(in .*\): no such option; expected one of url, broker, /],
    [{ arguments: { graceMS: 1 } as never }, /^graceMS: no such option; did you mean graceMs\?$/],
    [
      { arguments: { clock: 1 } as never, otherArguments: ["logger", "limits"] },
      /^clock: no such option; expected one of url, .*, logLevel, logger, limits$/,
    ],
    [{ file: fileWith("{") }, /^config file .*qtasks\.config\.json: /],
    [{ file: fileWith("[]") }, /expected a JSON object/],
    [{ file: "/does/not/exist.json" }, /^config file \/does\/not\/exist\.json: ENOENT/],
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

test("all faults are named at once, each on a line and as a field", () => {
  const file = fileWith({ graceMs: -1, slot: 1, slots: 0 });
  const from: ConfigSources = {
    file,
    env: { QTASKS_INSECURE: "maybe" },
    arguments: { grpc: "nowhere", slots: 5, workerID: "x" } as never,
  };
  const lines = [
    `5 faults in the configuration`,
    `  grpc: expected HOST:PORT, or false for none; got "nowhere"`,
    `  QTASKS_INSECURE: expected true or false; got "maybe"`,
    `  graceMs (in ${file}): expected a whole number from 0 to 2147483647; got -1`,
    // Not that of slots, which the argument overrules.
    `  slot (in ${file}): no such option; did you mean slots?`,
    `  workerID: no such option; did you mean workerId?`,
  ];
  assert.throws(
    () => resolveConfig(from),
    (error) => {
      assert.ok(error instanceof QTasksError);
      assert.deepEqual(error.message.split("\n"), lines);
      const fields = error.fields.map(({ field }) => field);
      const expected = ["grpc", "QTASKS_INSECURE", `graceMs (in ${file})`, `slot (in ${file})`];
      assert.deepEqual(fields, [...expected, "workerID"]);
      return true;
    },
  );
});

test("a file that can't be read hides no other fault", () => {
  const from = { file: "/does/not/exist.json", env: { QTASKS_SLOTS: "0" } };
  assert.throws(
    () => resolveConfig(from),
    /^Q.*2 faults.*\n  config file .*ENOENT.*\n  QTASKS_SLOTS/,
  );
});

test("arguments that another part knows are not looked at, nor those left unset", () => {
  const args = { logger: {}, slot: undefined } as never;
  const { values } = resolveConfig({
    arguments: args,
    otherArguments: ["logger"],
    env: {},
    file: false,
  });
  assert.equal(values.slots, 100);
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

test("a password is hidden whole, whatever is in it", () => {
  const urls: [string, string][] = [
    ["redis://ada:p@ss-hush@host:1/2", "redis://ada:***@host:1/2"],
    ["redis://:@hush@host", "redis://:***@host"],
    ["redis://ada:a/hush?b@host:1", "redis://ada:***@host:1"],
    ["redis://ada:my hush@host:1", "redis://ada:***@host:1"],
    ["redis://host:1?password=hush&prefix=a", "redis://host:1?password=***&prefix=a"],
    ["pg://a:b@host?x=1&Access_Token=hush#f", "pg://a:***@host?x=1&Access_Token=***#f"],
    ["redis://host:1/2?prefix=a:", "redis://host:1/2?prefix=a:"],
    ["sqlite:/a@b:c.db", "sqlite:/a@b:c.db"],
  ];
  for (const [url, expected] of urls) {
    const shown = showConfig(resolveConfig({ env: {}, file: false, arguments: { url } }));
    assert.equal(shown.find(({ name }) => name === "url")?.value, expected);
  }
});

test("a file that is no JSON is refused by the place of the fault, without its text", () => {
  const places: [string, string][] = [
    ['{"token": hush-hush}', "line 1, column 11"],
    ['{\n "url": "memory:",\n "token": "hush"x\n}', "line 3, column 17"],
    ['{\r\n  "token": "hush', "line 2, column 12"],
    ['{"queues": ["hush" "b"]}', "line 1, column 20"],
    ['{"a": [{}, [], -1.5e3, true, null, "\\u00e9\\n"], hush: 1}', "line 1, column 49"],
    ['{"token": "hush\\x"}', "line 1, column 11"],
    ['{"slots": 01}', "line 1, column 12"],
    ['{"slots": 1} hush', "line 1, column 14"],
    ['{"slots": 1,', "line 1, column 13"],
    ["", "line 1, column 1"],
    ["\u00a0{}", "line 1, column 1"],
  ];
  for (const [text, place] of places)
    assert.throws(
      () => resolveConfig({ env: {}, file: fileWith(text) }),
      ({ message }: Error) =>
        message.endsWith(`: expected JSON; what is at ${place} is none`) &&
        !message.includes("hush"),
    );
});

test("a value says where it is from: the file, the variable, or an argument", () => {
  const file = fileWith({ slots: 2 });
  const env = { QTASKS_QUEUES: "a" };
  const shown = showConfig(resolveConfig({ file, env, arguments: { graceMs: 1 } }));
  const from = Object.fromEntries(shown.map((row) => [row.name, row.from]));
  const { slots, queues, graceMs, url } = from;
  assert.deepEqual([slots, queues, graceMs, url], [file, "QTASKS_QUEUES", "argument", "default"]);
});

test("no secret is in an error: of the wrong kind, in a URL, or under a misspelt name", () => {
  const faults: ConfigSources[] = [
    { arguments: { token: 4711 as never } },
    { arguments: { grpc: "redis://me:4711@host:1" } },
    { arguments: { url: { href: "redis://me:4711@host:1" } as never } },
    { arguments: { tokens: "4711" } as never },
    { file: fileWith({ tokn: "4711" }) },
  ];
  for (const from of faults)
    assert.throws(
      () => resolveConfig({ env: {}, file: false, ...from }),
      (error: Error) => !error.message.includes("4711"),
    );
});
