import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { startCli, startNode } from "../support/process.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/mail");

async function serve(t: TestContext): Promise<string> {
  const args = ["serve", "--url", "memory:", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const server = startCli(t, [...args, "--app", join(EXAMPLE, "handlers.ts")]);
  const [, address] = await server.waitForLine(/QTasks serves gRPC on (\S+),/);
  return address!;
}

test("the example's program calls the tasks that its handlers run", async (t) => {
  const env = { QTASKS_SERVER: await serve(t) };
  const send = (...to: string[]) =>
    startNode(t, [join(EXAMPLE, "send.ts"), ...to], { env }).finished;
  const sent = await send("ada@example.com", "bob@example.com", "eve@example.com");
  assert.equal(sent.code, 0, sent.stderr);
  assert.match(sent.stdout, /^ada@example\.com: \S+ \(task \S+\)\nbob@.*: \S+\neve@.*: \S+\n$/);
  const refused = await send("ada");
  assert.equal(refused.code, 1);
  assert.equal(refused.stderr, "grpc.INVALID_ARGUMENT: no address: ada\n");
});
