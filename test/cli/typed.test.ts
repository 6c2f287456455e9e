/** Typed tasks on the command line: JSON in, JSON out. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { serve } from "../server/durable/setup.ts";
import { runCli } from "../support/process.ts";

const METHODS = "conformance.v1.ConformanceTasks";

async function setup(t: TestContext) {
  const { app } = await serve(t, {
    echo: ({ text }) => ({ text: `${text}!` }),
    async *count() {
      yield { value: 1 };
      yield { value: 2 };
    },
  });
  const env = { QTASKS_SERVER: app.grpcAddress!, NO_COLOR: "1" };
  return (...args: string[]) => runCli(t, args, { env });
}

test("run, get and await show messages as JSON", async (t) => {
  const run = await setup(t);
  const ran = await run("run", `${METHODS}/Echo`, '{"text": "hi"}', "--id", "one");
  assert.deepEqual(JSON.parse(ran.stdout), { text: "hi!" }, ran.stderr);
  const shown = await run("get", "one");
  assert.match(shown.stdout, /Input +\{\n +"text": "hi"\n/);
  assert.match(shown.stdout, /Result +\{\n +"text": "hi!"\n/);
  await run("run", `${METHODS}/Echo`, '{"text": "ho"}', "--id", "two");
  const both = await run("await", "one", "two");
  assert.match(both.stdout, /^one .*\{"text":"hi!"\}$/m);
  assert.match(both.stdout, /^two .*\{"text":"ho!"\}$/m);
});

test("events show outputs as JSON", async (t) => {
  const run = await setup(t);
  await run("run", `${METHODS}/Count`, "{}", "--id", "one");
  const { stdout } = await run("events", "one");
  assert.deepEqual(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.replace(/^.* output {2}/, "")),
    ['{"value":1}', '{"value":2}'],
  );
});

test("programs get the bytes as they are", async (t) => {
  const run = await setup(t);
  const { stdout } = await run("run", `${METHODS}/Echo`, '{"text": "hi"}', "--output", "json");
  const { result } = JSON.parse(stdout) as { result: { data: string; schema: string } };
  assert.equal(result.schema, "conformance.v1.EchoResponse");
  assert.equal(result.data, Buffer.from("\u000a\u0003hi!").toString("base64"));
});

test("JSON that is no such message is refused with what is wrong", async (t) => {
  const run = await setup(t);
  const { code, stderr } = await run("run", `${METHODS}/Echo`, '{"txet": "hi"}');
  assert.equal(code, 2);
  assert.match(stderr, /spec\.payload: not a conformance\.v1\.EchoRequest in JSON: .*txet/);
});
