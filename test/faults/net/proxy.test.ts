import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { describe, test, type TestContext } from "node:test";
import { TcpProxy } from "./proxy.ts";

/** Longer than anything that loopback takes, and shorter than anybody's patience. */
const SILENCE_MS = 150;

describe("a proxy", () => {
  test("passes bytes both ways, and the end", async (t) => {
    const { proxy, dial } = await setup(t);
    const socket = await dial();
    const big = Buffer.alloc(3 << 20, "x");
    socket.write(big);
    assert.equal((await received(socket, big.length)).equals(big), true);
    socket.end();
    await once(socket, "close");
    await until(() => proxy.connections === 0);
  });

  test("that is cut ends connections and refuses new ones until it heals", async (t) => {
    const { proxy, dial } = await setup(t);
    const socket = await dial();
    proxy.fail({ kind: "cut" });
    await once(socket, "close");
    await assert.rejects(dial(), { code: "ECONNREFUSED" });
    await proxy.heal();
    assert.equal(await echo(await dial(), "again"), "again");
  });

  test("that resets does it to connections old and new", async (t) => {
    const { proxy, dial } = await setup(t);
    const socket = await dial();
    const reset = once(socket, "error");
    proxy.fail({ kind: "reset" });
    assert.equal((await reset)[0].code, "ECONNRESET");
    const next = await dial().catch((error: unknown) => error);
    if (!(next instanceof Error)) {
      const [error] = await once(next as Socket, "error");
      assert.equal(error.code, "ECONNRESET");
    }
    await proxy.heal();
    assert.equal(await echo(await dial(), "again"), "again");
  });

  test("that swallows keeps connections open and delivers late", async (t) => {
    const { proxy, dial, accepted } = await setup(t);
    const socket = await dial();
    await echo(socket, "first");
    proxy.fail({ kind: "swallow", way: "both" });
    socket.write("lost?");
    assert.equal(await isSilent(socket), true);
    assert.equal(accepted.length, 1);
    // The end of one side is no word to the other.
    accepted[0]!.destroy();
    assert.equal(await isSilent(socket), true);
    assert.equal(socket.closed, false);
    const gone = once(socket, "close");
    socket.on("error", () => undefined);
    await proxy.heal();
    await gone;
  });

  test("that swallows answers alone passes the requests", async (t) => {
    const { proxy, dial, bytes } = await setup(t);
    const socket = await dial();
    proxy.fail({ kind: "swallow", way: "down" });
    socket.write("request");
    await until(() => bytes.received === 7);
    assert.equal(await isSilent(socket), true);
    await proxy.heal();
    assert.equal((await received(socket, 7)).toString(), "request");
  });

  test("that forgets resets what it swallowed", async (t) => {
    const { proxy, dial, bytes } = await setup(t);
    const socket = await dial();
    proxy.fail({ kind: "swallow", way: "up" });
    socket.write("request");
    assert.equal(await isSilent(socket), true);
    const reset = once(socket, "error");
    await proxy.heal({ forget: true });
    assert.equal((await reset)[0].code, "ECONNRESET");
    assert.equal(bytes.received, 0);
  });

  test("that is slow delays", async (t) => {
    const { proxy, dial } = await setup(t);
    const socket = await dial();
    proxy.fail({ kind: "slow", delayMs: 60 });
    const startedAt = performance.now();
    assert.equal(await echo(socket, "slowly"), "slowly");
    assert.ok(performance.now() - startedAt >= 115);
  });

  test("keeps its port, and ends all when it stops", async (t) => {
    const { proxy, dial } = await setup(t);
    const { port } = proxy;
    proxy.fail({ kind: "cut" });
    await proxy.heal();
    assert.equal(proxy.port, port);
    const socket = await dial();
    const reset = once(socket, "error");
    proxy.stop();
    assert.equal((await reset)[0].code, "ECONNRESET");
    proxy.stop();
    await until(() => proxy.connections === 0);
  });
});

/** A proxy before a server that sends back what it gets. */
async function setup(t: TestContext) {
  const accepted: Socket[] = [];
  const bytes = { received: 0 };
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (piece) => (bytes.received += piece.length));
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = new TcpProxy("test", {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
  });
  await proxy.start();
  t.after(() => {
    proxy.stop();
    for (const socket of accepted) socket.destroy();
    server.close();
  });
  const dial = async (): Promise<Socket> => {
    const socket = connect(proxy.port, "127.0.0.1");
    await once(socket, "connect");
    t.after(() => socket.destroy());
    return socket;
  };
  return { proxy, dial, accepted, bytes };
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return (await received(socket, text.length)).toString();
}

async function received(socket: Socket, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let got = 0; got < length; got += pieces.at(-1)!.length)
    pieces.push((await once(socket, "data"))[0] as Buffer);
  socket.pause();
  return Buffer.concat(pieces);
}

async function isSilent(socket: Socket): Promise<boolean> {
  const signal = AbortSignal.timeout(SILENCE_MS);
  return once(socket, "data", { signal }).then(
    () => false,
    () => signal.aborted,
  );
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadlineAt = performance.now() + 5_000; !condition();) {
    assert.ok(performance.now() < deadlineAt, "5 s passed");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
