import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AttemptState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { schemaOf } from "../../src/worker/schema.ts";
import { runCli, startCli } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import {
  ConformanceTasks,
  EchoRequestSchema,
  EchoResponseSchema,
  WaitRequestSchema,
  WaitResponseSchema,
} from "../gen/conformance/v1/conformance_pb.ts";
import { SERVICE, startServer, until } from "./setup.ts";
import { startTarget } from "./target.ts";

const WAIT = { timeoutMs: 20_000 };

test("SIGTERM: calls under way finish, what outlasts the grace is given back, exit code 0", async (t) => {
  const [server, target] = [await startServer(t), await startTarget()];
  t.after(() => target.stop());
  const args = ["bridge", "--target", target.address, "--server", server.address];
  const running = startCli(t, [...args, "--service", SERVICE, "--grace", "2", "--slots", "4"]);
  await running.waitForLine(/the bridge takes tasks/);
  const short = await server.enqueue("Wait", WaitRequestSchema, { delayMs: 700 });
  const long = await server.enqueue("Wait", WaitRequestSchema, { delayMs: 60_000 });
  await until(() => target.calls.length === 2);
  running.kill("SIGTERM");
  assert.equal((await short.resultMessage(WaitResponseSchema, WAIT)).attempt, 1);
  assert.deepEqual(await running.exit, { code: 0, signal: null });
  const { attempts } = await long.get();
  assert.equal(attempts[0]?.state, AttemptState.RELEASED);
  await until(() => target.canceled.length === 1);
});

test("with an image in a file", async (t) => {
  const server = await startServer(t);
  const target = await startTarget({ reflection: "none" });
  t.after(() => target.stop());
  const image = join(tempFolder(), "image.binpb");
  writeFileSync(image, schemaOf([ConformanceTasks.file])!.fileDescriptorSet);
  const args = ["bridge", "--target", target.address, "--server", server.address];
  const running = startCli(t, [...args, "--image", image]);
  await running.waitForLine(/the bridge takes tasks/);
  const handle = await server.enqueue("Echo", EchoRequestSchema, { text: "image" });
  assert.equal((await handle.resultMessage(EchoResponseSchema, WAIT)).text, "image");
  running.kill("SIGTERM");
  assert.equal((await running.exit).code, 0);
});

test("what can't work is told at once", async (t) => {
  const target = await startTarget();
  t.after(() => target.stop());
  const bridge = (...args: string[]) => runCli(t, ["bridge", ...args]);
  const [none, bad, image, pair, service] = await Promise.all([
    bridge(),
    bridge("--target", "nowhere"),
    bridge("--target", target.address, "--image", "/nowhere/image.binpb"),
    bridge("--target", target.address, "--target-cert", "cert.pem"),
    bridge("--target", target.address, "--service", "acme.v1.Nothing"),
  ]);
  assert.deepEqual(
    [none, bad, image, pair, service].map(({ code }) => code),
    [2, 2, 2, 2, 2],
  );
  assert.match(none.stderr, /required option '--target <address>' not specified/);
  assert.match(bad.stderr, /--target <address>.*Expected HOST:PORT/);
  assert.match(image.stderr, /--image: ENOENT/);
  assert.match(pair.stderr, /give --target-cert and --target-key together/);
  assert.match(service.stderr, new RegExp(`no service acme.v1.Nothing: there are ${SERVICE}`));
});
