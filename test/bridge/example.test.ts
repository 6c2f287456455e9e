import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { runTool } from "../../scripts/run-tool.ts";
import { runCli, startCli, startNode } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";

const ROOT = join(import.meta.dirname, "../..");

test("the example: a gRPC server, its image, the bridge, and a task from the shell", async (t) => {
  const serve = ["serve", "--url", "memory:", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const server = startCli(t, serve);
  const target = startNode(t, [join(ROOT, "examples/mail/server.ts"), "127.0.0.1:0"]);
  const [, address] = await server.waitForLine(/QTasks serves gRPC on (\S+),/);
  const [, port] = await target.waitForLine(/MailTasks on port (\d+)/);
  const image = join(tempFolder(), "mail.binpb");
  const built = await runTool("buf", ["build", "examples/mail", "-o", image], { cwd: ROOT });
  assert.equal(built.code, 0, built.output);
  const at = ["--server", address!];
  const given = ["--target", `127.0.0.1:${port}`, "--image", image];
  const bridge = startCli(t, ["bridge", ...given, ...at]);
  await bridge.waitForLine(/the bridge takes tasks/);
  const run = (to: string) =>
    runCli(t, ["run", "acme.mail.v1.MailTasks/SendEmail", JSON.stringify({ to }), ...at]);
  assert.equal((await run("ada@example.com")).code, 0);
  assert.match(target.stdout, /ada@example\.com: sent, in attempt 1 of task \S+/);
  const refused = await run("ada");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /no address: ada/);
});
