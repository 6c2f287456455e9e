/** `qtasks serve` shows metrics by itself. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { startCli } from "../../support/process.ts";
import { tempFolder } from "../../support/temp.ts";
import { Page } from "./page.ts";

/** The origin of a server of the command line. */
async function serve(
  t: TestContext,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const ports = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const server = startCli(t, ["serve", "--url", "memory:", ...ports, ...args], {
    env: { NO_COLOR: "1", ...env },
    cwd: tempFolder(),
  });
  const [, address] = await server.waitForLine(/HTTP on (\S+:\d+)/);
  return `http://${address}`;
}

test("by default, and with the token where one is set", async (t) => {
  const token = "a-token-of-some-length";
  const origin = await serve(t, [], { QTASKS_TOKEN: token });
  assert.equal((await fetch(`${origin}/metrics`)).status, 401);
  const headers = { authorization: `Bearer ${token}` };
  const page = new Page(await (await fetch(`${origin}/metrics`, { headers })).text());
  assert.equal(page.value("qtasks_stale_outcomes_total"), 0);
  assert.ok(page.value("process_resident_memory_bytes")! > 1e6);
});

test("not where the configuration or a flag says so, which the flag does last", async (t) => {
  const off = await serve(t, [], { QTASKS_METRICS: "false" });
  assert.equal((await fetch(`${off}/metrics`)).status, 404);
  const flag = await serve(t, ["--no-metrics"], { QTASKS_METRICS: "true" });
  assert.equal((await fetch(`${flag}/metrics`)).status, 404);
  const on = await serve(t, ["--metrics"], { QTASKS_METRICS: "false" });
  assert.equal((await fetch(`${on}/metrics`)).status, 200);
});

test("in the app's own way where it has one", async (t) => {
  const origin = await serve(t, ["--app", join(import.meta.dirname, "own-metrics-app.ts")]);
  assert.equal((await fetch(`${origin}/metrics`)).status, 404);
  const page = new Page(await (await fetch(`${origin}/figures`)).text());
  assert.equal(page.value("shop_stale_outcomes_total"), 0);
});
