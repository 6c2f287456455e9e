import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BACKENDS, ROOT } from "../serve.ts";
import { copyCheckout } from "./checkout.ts";
import { blocksBelow, runBlocks } from "./readme.ts";

describe("what the README of the examples says works as it stands", () => {
  test("of Fastify", async (t) => {
    const env = { QTASKS_URL: await BACKENDS["sqlite"]!() };
    const [answers] = await runBlocks(t, await blocksBelow("Fastify"), { cwd: ROOT, env });
    assert.equal(
      answers?.replaceAll("}{", "}\n{"),
      [
        '{"prices":{"bolt":2,"door":120},"total":122}',
        '{"taskId":"my-quote","link":"/tasks/my-quote"}',
        '{"prices":{"hinge":7,"door":120},"total":134}',
      ].join("\n"),
    );
  });

  test("of Express", async (t) => {
    const env = { QTASKS_URL: await BACKENDS["sqlite"]!() };
    const [events] = await runBlocks(t, await blocksBelow("Express"), { cwd: ROOT, env });
    assert.match(events!, /^event: change\n.*event: end\n.*"rows":1000,"bytes":64000/s);
  });

  test("of the script", async (t) => {
    const env = { QTASKS_URL: "memory:" };
    const [printed] = await runBlocks(t, await blocksBelow("Script"), { cwd: ROOT, env });
    assert.match(printed!, /^\{"tasks":1000,.*\}\n"tasks":1000\n$/);
  });

  test("of NestJS, which is built before", async (t) => {
    const env = { QTASKS_URL: await BACKENDS["sqlite"]!() };
    const cwd = await copyCheckout();
    const [, report] = await runBlocks(t, await blocksBelow("NestJS"), { cwd, env });
    assert.equal(report, '{"month":"2026-04","orders":20,"cents":8055}');
  });
});
