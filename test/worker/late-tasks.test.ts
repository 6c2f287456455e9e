import assert from "node:assert/strict";
import { test } from "node:test";
import { QTasksError } from "../../src/core/errors.ts";
import { schemaOf } from "../../src/worker/schema.ts";
import { ConformanceTasks } from "../gen/conformance/v1/conformance_pb.ts";
import type { FakeServer } from "./fake-server.ts";
import { registrations, resultOf, setup } from "./setup.ts";

/** Refuses registrations that list the task; gives what ends that. */
function refuse(server: FakeServer, name: string): () => void {
  const calls = server.calls as { registerWorker: FakeServer["calls"]["registerWorker"] };
  const { registerWorker } = calls;
  calls.registerWorker = async (request, options) => {
    if (request.definitions?.some((definition) => definition.name === name) === true)
      throw new QTasksError("DEFINITION_CONFLICT", `${name} is another task`);
    return registerWorker(request, options);
  };
  return () => void (calls.registerWorker = registerWorker);
}

test("of handlers that come at once, the one that the server refuses is left out for good", async (t) => {
  const { server, worker } = await setup(t, { a: () => 1 });
  const stopRefusing = refuse(server, "bad");
  const late = registrations({ b: () => 2, bad: () => 3, c: () => 4 });
  const settled = await Promise.allSettled(late.map((registration) => worker.add(registration)));
  assert.deepEqual(
    settled.map((result) => (result.status === "rejected" ? result.reason.reason : "added")),
    ["added", "DEFINITION_CONFLICT", "added"],
  );
  assert.deepEqual(lastNames(server), ["a", "b", "c"]);
  await worker.add(registrations({ d: () => 5 })[0]!);
  assert.deepEqual(lastNames(server), ["a", "b", "c", "d"]);
  const before = server.registrations.length;
  server.forget();
  assert.equal(resultOf(await server.outcome(server.push({ name: "d" }))), 5);
  assert.ok(server.registrations.length > before);
  assert.deepEqual(lastNames(server), ["a", "b", "c", "d"]);
  stopRefusing();
  await worker.add(late[1]!);
  assert.equal(resultOf(await server.outcome(server.push({ name: "bad" }))), 3);
});

test("the descriptors of a refused handler are told no more", async (t) => {
  const { server, worker } = await setup(t, { a: () => 1 });
  refuse(server, "typed");
  const [typed] = registrations({ typed: () => 2 });
  await assert.rejects(worker.add({ ...typed!, file: ConformanceTasks.file }), {
    reason: "DEFINITION_CONFLICT",
  });
  await worker.add(registrations({ b: () => 2 })[0]!);
  assert.equal(server.registrations.at(-1)?.schemaDigest?.length, 0);
  const [other] = registrations({ other: () => 3 });
  await worker.add({ ...other!, file: ConformanceTasks.file });
  const { digest } = schemaOf([ConformanceTasks.file])!;
  assert.deepEqual(server.registrations.at(-1)?.schemaDigest, digest);
});

test("two handlers of one name that come at once: the first is kept", async (t) => {
  const { server, worker } = await setup(t, {});
  const twins = [...registrations({ a: () => 1 }), ...registrations({ a: () => 2 })];
  const [first, second] = twins.map((registration) => worker.add(registration));
  await assert.rejects(second!, { reason: "DEFINITION_CONFLICT", message: /two handlers/ });
  await first;
  assert.equal(resultOf(await server.outcome(server.push({ name: "a" }))), 1);
});

function lastNames(server: FakeServer) {
  return server.registrations.at(-1)?.definitions?.map(({ name }) => name);
}
