import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { tempFolder } from "../support/temp.ts";
import { BACKENDS, clientOf, spawnServe, startServe, type ServeOptions } from "./serve.ts";

describe("a server that can't work with its backends refuses to start and says why", () => {
  test("a second server on the same SQLite file", async (t) => {
    const url = await BACKENDS["sqlite"]!();
    const first = await startServe(t, { url });
    await refuses(
      t,
      { url },
      /BACKEND_LOCKED: .* in use by another server.* server: "HOST:PORT"/,
      1,
    );
    assert.equal(await clientOf(t, first).run("e2e.add", { x: 1, y: 2 }), 3);
    first.process.kill("SIGKILL");
    await first.process.exit;
    // A lock of a dead process holds nobody up.
    const next = await startServe(t, { url });
    assert.equal((await clientOf(t, next).count()).count, 1n);
  });

  test("a second server with a memory broker of its own on a shared storage", async (t) => {
    const storage = ["--storage", await BACKENDS["redis"]!()];
    const broker = ["--broker", "memory:"];
    const first = await startServe(t, { args: [...storage, ...broker] });
    await refuses(
      t,
      { args: [...storage, ...broker] },
      /BACKEND_MISMATCH: .*storage with a broker of its own/,
      1,
    );
    assert.equal(await clientOf(t, first).run("e2e.add", { x: 1, y: 2 }), 3);
  });

  test("one broker with two storages", async (t) => {
    const broker = ["--broker", await BACKENDS["redis"]!()];
    const storage = async () => ["--storage", await BACKENDS["sqlite"]!()];
    const first = await startServe(t, { args: [...broker, ...(await storage())] });
    await refuses(
      t,
      { args: [...broker, ...(await storage())] },
      /BACKEND_MISMATCH: .*serves another storage/,
      1,
    );
    assert.equal(await clientOf(t, first).run("e2e.add", { x: 1, y: 2 }), 3);
  });

  test("URLs and addresses that lead nowhere", async (t) => {
    const first = await startServe(t);
    await refuses(t, { url: "mysql://x" }, /mysql:….*memory:.*sqlite:PATH.*redis:/, 2);
    await refuses(
      t,
      { url: `sqlite:${join(tempFolder(), "no/such/folder/q.db")}` },
      /there is no folder/,
      2,
    );
    await refuses(t, { grpc: first.grpc }, /grpc: cannot listen on .*in use/, 2);
    await refuses(t, { grpc: "0.0.0.0:0" }, /other machines reach .*insecure/, 2);
    await refuses(t, { app: ["nowhere.ts"] }, /nowhere\.ts/, 2);
  });
});

/** With exit code 2 where the options are wrong, 1 where they are right and the backend is not. */
async function refuses(
  t: TestContext,
  options: ServeOptions,
  why: RegExp,
  expected: 1 | 2,
): Promise<void> {
  const { code, stdout, stderr } = await spawnServe(t, options).finished;
  assert.match(stdout + stderr, why);
  assert.equal(code, expected, stderr);
}
