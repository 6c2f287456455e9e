import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { Metadata, credentials, status as Code } from "@grpc/grpc-js";

import { Health } from "../../gen/grpc/health/v1/health_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { Server } from "../../src/server/server.ts";
import { certificate } from "../support/certificate.ts";
import { failureOf, httpClients, seenByConnect } from "./callers.ts";
import { call, grpcClient, seenByGrpc, startToy, testLog, toyService } from "./toy.ts";

const { getTask } = TaskService.method;
const functions = { getTask: async () => ({ task: { taskId: "a" } }) };

function bearer(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  return metadata;
}

/** The name that the certificate is for. */
function localhost(address: string): string {
  return address.replace("127.0.0.1", "localhost");
}

test("without the token every call is refused, save probes", async (t) => {
  const toy = await startToy(t, functions, { token: "s3cret" });
  const client = grpcClient(t, toy.grpcAddress);
  const refused = seenByGrpc((await call(client, getTask, {}).ended).error);
  assert.equal(refused.code, Code.UNAUTHENTICATED);
  assert.equal(refused.reason, "TOKEN_INVALID");
  const wrong = await call(client, getTask, {}, { metadata: bearer("s3cre") }).ended;
  assert.equal(seenByGrpc(wrong.error).reason, "TOKEN_INVALID");
  const right = await call(client, getTask, {}, { metadata: bearer("s3cret") }).ended;
  assert.equal(right.error, undefined);
  assert.equal((await call(client, Health.method.check, {}).ended).error, undefined);
  for (const [protocol, other] of Object.entries(httpClients(toy.httpUrl))) {
    assert.deepEqual(seenByConnect(await failureOf(other.getTask({}))), refused, protocol);
    const headers = { authorization: "Bearer s3cret" };
    assert.equal((await other.getTask({}, { headers })).task?.taskId, "a", protocol);
  }
  assert.equal((await fetch(`${toy.httpUrl}/livez`)).status, 200);
  const schema = await fetch(`${toy.httpUrl}/schema.binpb`);
  assert.equal(schema.status, 401);
  assert.equal(schema.headers.get("qtasks-reason"), "TOKEN_INVALID");
  assert.doesNotMatch(JSON.stringify(toy.log.records), /s3cre/);
});

test("both listeners speak TLS, and HTTP/1.1 beside HTTP/2", async (t) => {
  const tls = certificate();
  const toy = await startToy(t, functions, { tls });
  const ca = readFileSync(tls.certFile);
  const client = grpcClient(t, localhost(toy.grpcAddress), {}, credentials.createSsl(ca));
  assert.equal((await call(client, getTask, {}).ended).error, undefined);
  const baseUrl = localhost(toy.httpUrl);
  const nodeOptions = { ca };
  for (const transport of [
    createConnectTransport({ baseUrl, httpVersion: "1.1", nodeOptions }),
    createConnectTransport({ baseUrl, httpVersion: "2", nodeOptions }),
    createGrpcTransport({ baseUrl, nodeOptions }),
  ]) {
    assert.equal((await createClient(TaskService, transport).getTask({})).task?.taskId, "a");
  }
});

test("it refuses to listen beyond loopback without TLS and a token", () => {
  const base = { services: [toyService({})], logger: testLog().logger, http: false as const };
  const tls = { certFile: "cert.pem", keyFile: "key.pem" };
  for (const grpc of ["0.0.0.0:0", "[::]:0", "tasks.example.com:0"]) {
    for (const options of [{}, { tls }, { token: "t" }]) {
      assert.throws(() => new Server({ ...base, ...options, grpc }), {
        reason: "CONFIG_INVALID",
        message: /^grpc: other machines reach /,
      });
    }
    new Server({ ...base, grpc, tls, token: "t" });
    new Server({ ...base, grpc, insecure: true });
  }
  for (const grpc of ["127.0.0.1:0", "127.3.4.5:0", "[::1]:0", "localhost:0"]) {
    new Server({ ...base, grpc });
  }
});

test("a bad address, a missing file and an address in use name the option", async (t) => {
  const base = { services: [toyService({})], logger: testLog().logger };
  for (const http of ["8080", "localhost", "host:port", "127.0.0.1:65536", "::1:80", ""]) {
    assert.throws(() => new Server({ ...base, grpc: false, http }), {
      reason: "CONFIG_INVALID",
      message: /^http: expected host:port/,
    });
  }
  const tls = { certFile: "/nowhere/cert.pem", keyFile: "/nowhere/key.pem" };
  const noFile = new Server({ ...base, grpc: "127.0.0.1:0", http: false, tls });
  await assert.rejects(noFile.start(), { reason: "CONFIG_INVALID", message: /^tls\.certFile: / });
  const toy = await startToy(t, {});
  const taken = toy.server.httpAddress ?? "";
  // What is thrown is enough: the console is the program's.
  const written = t.mock.method(console, "error", () => {});
  for (const options of [
    { grpc: taken, http: false as const },
    { grpc: "127.0.0.1:0", http: taken },
  ]) {
    const server = new Server({ ...base, ...options });
    const option = options.http === false ? "grpc" : "http";
    await assert.rejects(server.start(), {
      reason: "CONFIG_INVALID",
      message:
        `${option}: cannot listen on ${taken}: the address is in use, perhaps by another QTasks server; ` +
        `stop who listens there (lsof -i :${taken.split(":").at(-1)} shows it), or choose another port ` +
        `by the option ${option}, --${option} or QTASKS_${option.toUpperCase()}`,
    });
    await server.stop();
  }
  assert.equal(written.mock.callCount(), 0);
});
