import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import { QTasksError } from "../../src/core/errors.ts";
import type { ComponentCall } from "../../src/plugins/component-hooks.ts";
import { observed } from "../../src/plugins/observed.ts";
import type { Joint } from "../../src/storage/joint.ts";

/** A backend that is observed, with what was told of it. */
function setup() {
  const own = new MemoryStorage();
  const calls: ComponentCall[] = [];
  const joint = observed<Joint>(own, (call) => calls.push(call));
  const told = () => calls.map(({ method, reason = "ok" }) => `${method} ${reason}`);
  return { own, joint, calls, told };
}

test("calls of a backend and its documents are told at their end, with their names", async () => {
  const { own, joint, calls, told } = setup();
  await joint.start();
  await joint.ping();
  assert.deepEqual(await joint.read({ ids: ["none"] }), [undefined]);
  await joint.documents.put({ items: [{ kind: "k", key: "a", value: new Uint8Array([1]) }] });
  const [document] = await own.documents.get({ keys: [{ kind: "k", key: "a" }] });
  assert.deepEqual(document!.value, new Uint8Array([1]));
  await joint.stop();
  assert.deepEqual(told(), ["start ok", "ping ok", "read ok", "documents.put ok", "stop ok"]);
  assert.ok(calls.every(({ durationMs }) => durationMs >= 0));
});

test("what gives no promise passes as it is, untold", async () => {
  const { own, joint, told } = setup();
  await own.start();
  assert.equal(typeof joint.now(), "number");
  assert.equal(joint.keyspaceId, own.keyspaceId);
  assert.equal(joint.capabilities, own.capabilities);
  const end = joint.subscribe(() => undefined);
  assert.equal(end(), undefined);
  assert.deepEqual(told(), []);
});

test("the caller gets the call's own promise; what rejects is told with its reason", async () => {
  const { own, joint, told } = setup();
  const refused = new QTasksError("STORAGE_UNAVAILABLE", "gone");
  const rejecting = Promise.reject(refused);
  mock.method(own, "ping", () => rejecting);
  assert.equal(joint.ping(), rejecting);
  await assert.rejects(rejecting, refused);
  assert.deepEqual(told(), ["ping STORAGE_UNAVAILABLE"]);
});

function member(of: object, name: string): unknown {
  return Reflect.get(of, name);
}

test("a method is wrapped once, and still finds what replaced it", async () => {
  const { own, joint } = setup();
  const [ping, get] = [member(joint, "ping"), member(joint.documents, "get")];
  assert.equal(member(joint, "ping"), ping);
  assert.equal(member(joint.documents, "get"), get);
  const replaced = mock.method(own, "ping", () => Promise.resolve());
  await joint.ping();
  assert.equal(replaced.mock.callCount(), 1);
});
