import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { status as Code } from "@grpc/grpc-js";

import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { allOf, failureOf, httpClients, seenByConnect } from "./callers.ts";
import { openStream, pathOf, seenByGrpc, startToy } from "./toy.ts";

const { watchTask } = TaskService.method;
const heartbeat = { event: { case: "heartbeat" as const, value: {} } };

/** A message of 64 KiB. */
const chunk = {
  event: {
    case: "task" as const,
    value: {
      spec: { payload: { body: { case: "data" as const, value: new Uint8Array(64 * 1024) } } },
    },
  },
};

/** A server whose stream never ends, with what became of it. */
async function startFlood(t: TestContext) {
  let made = 0;
  const returned = Promise.withResolvers<void>();
  const toy = await startToy(t, {
    async *watchTask() {
      try {
        for (;;) {
          made++;
          yield chunk;
        }
      } finally {
        returned.resolve();
      }
    },
  });
  const stalled = async () => {
    for (let before = -1; made !== before || made === 0; await sleep(50)) before = made;
  };
  return { toy, stalled, returned: returned.promise };
}

test("a slow reader holds the stream back instead of filling the server", async (t) => {
  const total = 2_000;
  let made = 0;
  const toy = await startToy(t, {
    async *watchTask() {
      for (made = 0; made < total; made++) yield chunk;
    },
  });
  const { stream, ended } = openStream(t, toy.grpcAddress);
  await once(stream, "readable");
  let before = -1;
  while (made !== before) {
    before = made;
    await sleep(100);
  }
  assert.ok(made < 100, `${made} of ${total} messages were made ahead of the reader`);
  let received = 0;
  for await (const _message of stream) received++;
  assert.equal(received, total);
  assert.equal(await ended, Code.OK);
});

test("a stream whose reader stalls and then goes is returned", async (t) => {
  const grpcFlood = await startFlood(t);
  const { stream } = openStream(t, grpcFlood.toy.grpcAddress);
  await once(stream, "readable");
  await grpcFlood.stalled();
  stream.cancel();
  await grpcFlood.returned;
  for (const httpVersion of ["1.1", "2"]) {
    const flood = await startFlood(t);
    const { hostname, port } = new URL(flood.toy.httpUrl);
    const go = Promise.withResolvers<void>();
    const path = pathOf(watchTask);
    const body = Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from("{}")]);
    const type = "application/connect+json";
    if (httpVersion === "1.1") {
      const socket = connect(Number(port), hostname);
      socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\n`);
      socket.write(Buffer.concat([Buffer.from(`Content-Length: 7\r\n\r\n`), body]));
      void go.promise.then(() => socket.destroy());
    } else {
      const session = http2.connect(flood.toy.httpUrl);
      const request = session.request({ ":method": "POST", ":path": path, "content-type": type });
      request.end(body);
      void go.promise.then(() => session.destroy());
    }
    await flood.stalled();
    go.resolve();
    await flood.returned;
  }
});

test("an error after messages ends the stream with its reason", async (t) => {
  const toy = await startToy(t, {
    async *watchTask() {
      yield heartbeat;
      throw new Error("after one");
    },
  });
  const { stream } = openStream(t, toy.grpcAddress);
  let received = 0;
  const thrown = await failureOf(
    (async () => {
      for await (const _message of stream) received++;
    })(),
  );
  assert.equal(received, 1);
  assert.equal(seenByGrpc(thrown as Parameters<typeof seenByGrpc>[0]).reason, "INTERNAL");
  const [other] = Object.values(httpClients(toy.httpUrl));
  const seen = seenByConnect(await failureOf(allOf(other!.watchTask({}))));
  assert.equal(seen.reason, "INTERNAL");
});
