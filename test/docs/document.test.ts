import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { blocksOf } from "./blocks.ts";
import { runDocument } from "./document.ts";
import { planOf } from "./plan.ts";
import { makeFolder, makeProject } from "./project.ts";

const project = makeProject();
let made = 0;

async function run(t: TestContext, text: string, limitMs?: number): Promise<void> {
  const name = `made-up-${made++}.md`;
  const plans = blocksOf(name, text).map(planOf);
  await runDocument(t, { folder: makeFolder(project, name), plans, limitMs });
}

const fence = (marks: string, code: string): string => `\`\`\`${marks}\n${code}\n\`\`\`\n`;

test("a program that throws, prints something else or hangs fails its document, by its place", async (t) => {
  const failing = /made-up-0\.md:4 ended with 1:[^]*on purpose/;
  const throws = fence("ts", "1;") + fence("ts", 'throw new Error("on purpose");');
  await assert.rejects(run(t, throws), failing);
  const prints = fence("ts", "console.log(1 + 1);");
  await run(t, prints + fence("text", "2"));
  await assert.rejects(
    run(t, prints + fence("text", "3")),
    /made-up-2\.md:1 prints something else/,
  );
  await assert.rejects(
    run(t, fence("ts", "setInterval(() => {}, 1000);"), 500),
    /ended with SIGKILL/,
  );
});

test("commands fail their document at the first that fails, and by what they print", async (t) => {
  await run(t, fence("sh run", "echo one; echo two | cat") + fence("text", "one\ntwo"));
  await assert.rejects(run(t, fence("sh run", "false\ntrue")), /:1 ended with 1/);
  await assert.rejects(run(t, fence("sh run", "false | cat")), /:1 ended with 1/);
  await assert.rejects(run(t, fence("sh run", "echo $HALF_A_WORD")), /HALF_A_WORD/);
});

test("a program in the background is waited for, and is to end in order when it is told to", async (t) => {
  const stays = (atEnd: string): string =>
    fence(
      "ts background until=ready",
      `setInterval(() => {}, 1000);
      process.once("SIGTERM", () => ${atEnd});
      console.log("ready");`,
    );
  await run(t, stays("process.exit(0)") + fence("ts", "1;"));
  await assert.rejects(run(t, stays("process.exit(7)")), /:1 ended with 7/);
  const never = fence("ts background until=ready", "setInterval(() => {}, 1000);");
  await assert.rejects(run(t, never, 500), /500 ms passed before .ready/);
});

test("a program with a server's usual address speaks with the document's own", async (t) => {
  const code = `import { connect } from "qtasks/client";
    using client = connect({ address: "127.0.0.1:50051" });
    console.log("127.0.0.1:50051", await client.count({ names: ["files.digest"] }));`;
  const marks = "ts serve=examples/files/handlers.ts";
  await run(t, fence(marks, code) + fence("text", "127.0.0.1:50051 …\n…"));
});
