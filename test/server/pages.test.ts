import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";

import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { startToy } from "./toy.ts";

const getTaskPath = "/qtasksapi.v1.TaskService/GetTask";
const functions = { getTask: async () => ({ task: { taskId: "a" } }) };

test("the probes answer in JSON", async (t) => {
  let ok = true;
  const readiness = async () => ({
    ready: ok,
    checks: [{ name: "storage", ok, detail: "sqlite" }],
  });
  const toy = await startToy(t, functions, { readiness });
  const livez = await fetch(`${toy.httpUrl}/livez`);
  assert.deepEqual([livez.status, await livez.json()], [200, { alive: true }]);
  const ready = await fetch(`${toy.httpUrl}/readyz`);
  assert.deepEqual([ready.status, await ready.json()], [200, await readiness()]);
  ok = false;
  const unready = await fetch(`${toy.httpUrl}/readyz`);
  assert.deepEqual([unready.status, await unready.json()], [503, await readiness()]);
  const head = await fetch(`${toy.httpUrl}/livez`, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  assert.equal((await fetch(`${toy.httpUrl}/livez`, { method: "DELETE" })).status, 405);
});

test("a readiness check that throws is one that failed, and says nothing secret", async (t) => {
  const readiness = async () => {
    throw new Error("redis://:hunter2@localhost");
  };
  const toy = await startToy(t, functions, { readiness });
  const response = await fetch(`${toy.httpUrl}/readyz`);
  assert.equal(response.status, 503);
  assert.doesNotMatch(await response.text(), /hunter2/);
});

test("the schema image is whole and marks what is imported", async (t) => {
  const toy = await startToy(t, functions);
  for (const page of ["/schema.binpb", "/schema/qtasksapi.v1.TaskService.binpb"]) {
    const response = await fetch(`${toy.httpUrl}${page}`);
    assert.equal(response.status, 200);
    const set = fromBinary(FileDescriptorSetSchema, new Uint8Array(await response.arrayBuffer()));
    const registry = createFileRegistry(set);
    assert.ok(registry.getService(TaskService.typeName));
    assert.equal(registry.getService("grpc.health.v1.Health"), undefined);
    const imported = set.file.filter((file) => file.$unknown?.some(({ no }) => no === 8042));
    assert.ok(imported.length > 0);
    assert.ok(imported.every((file) => file.package === "google.protobuf"));
  }
  const unknown = await fetch(`${toy.httpUrl}/schema/no.such.Service.binpb`);
  assert.equal(unknown.status, 404);
});

test("a path that isn't there gets a list of what is", async (t) => {
  const toy = await startToy(t, functions);
  const response = await fetch(`${toy.httpUrl}/index.html`);
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/json");
  const body = (await response.json()) as { pages: string[]; services: string[] };
  assert.ok(body.pages.includes("/schema.binpb"));
  assert.ok(body.services.includes("/qtasksapi.v1.TaskService/<method>"));
});

test("pages on loopback may call, others may not", async (t) => {
  const toy = await startToy(t, functions);
  const preflight = (origin: string) =>
    fetch(`${toy.httpUrl}${getTaskPath}`, {
      method: "OPTIONS",
      headers: {
        Origin: origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "connect-protocol-version,content-type,x-tenant",
      },
    });
  for (const origin of ["http://localhost:5173", "https://127.0.0.1", "http://[::1]:3000"]) {
    const { status, headers } = await preflight(origin);
    assert.equal(status, 204);
    assert.equal(headers.get("access-control-allow-origin"), origin);
    assert.match(headers.get("access-control-allow-headers") ?? "", /connect-protocol-version/i);
    // Any header may be one for the handler of a user's method.
    assert.match(headers.get("access-control-allow-headers") ?? "", /x-tenant/i);
  }
  for (const origin of ["https://evil.example", "http://localhost.evil.example", "null"]) {
    const { headers } = await preflight(origin);
    assert.equal(headers.get("access-control-allow-origin"), null, origin);
  }
  const response = await fetch(`${toy.httpUrl}${getTaskPath}`, {
    method: "POST",
    headers: { Origin: "http://localhost:1", "Content-Type": "application/json" },
    body: "{}",
  });
  const exposed = response.headers.get("access-control-expose-headers")?.toLowerCase() ?? "";
  for (const name of [
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
    "qtasks-reason",
    "qtasks-task-id",
  ]) {
    assert.ok(exposed.split(", ").includes(name), name);
  }
  const other = await startToy(t, functions, { corsOrigins: ["https://tasks.example.com"] });
  const allowed = await fetch(`${other.httpUrl}/livez`, {
    headers: { Origin: "https://tasks.example.com" },
  });
  assert.equal(allowed.headers.get("access-control-allow-origin"), "https://tasks.example.com");
});

test("what isn't HTTP, or a host that isn't one, harms nobody", async (t) => {
  const toy = await startToy(t, functions);
  const { hostname, port } = new URL(toy.httpUrl);
  const requests = [
    `GET ${getTaskPath}?message={} HTTP/1.1\r\nHost: no such host\r\nConnection: close\r\n\r\n`,
    `POST ${getTaskPath} HTTP/1.0\r\n\r\n`,
    "PRX * HTTP/2.0\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nno, it is not",
    "PR",
  ];
  for (const request of requests) {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined).resume();
    // One byte at a time at first: what is spoken must not depend on how it was cut.
    for (const byte of request.slice(0, 5)) socket.write(byte);
    socket.end(request.slice(5));
    await once(socket, "close");
  }
  const split = connect(Number(port), hostname);
  for (const byte of "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n") split.write(byte);
  const [answer] = (await once(split, "data")) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
  split.destroy();
});

test("an HTTP/2 connection that its client half closes is given up", async (t) => {
  const toy = await startToy(t, functions);
  const { hostname, port } = new URL(toy.httpUrl);
  const socket = connect(Number(port), hostname);
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settings]));
  await once(socket, "data");
  socket.resume().end();
  await once(socket, "close");
});
