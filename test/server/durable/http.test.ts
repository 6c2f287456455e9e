/** The same calls by Connect, gRPC-Web, gRPC over HTTP and curl. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { ErrorInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import { ConformanceTasks } from "../../gen/conformance/v1/conformance_pb.ts";
import { failureOf } from "../callers.ts";
import { serve, type Handlers } from "./setup.ts";

const HANDLERS: Handlers = {
  echo: ({ text }, { headers }) => ({ text, metadata: { ...headers } }),
  async *count({ count }) {
    for (let value = 0; value < count; value++) yield { value };
  },
  fail: ({ code, message, reason }) => {
    const details = [{ desc: ErrorInfoSchema, value: { reason, domain: "conformance" } }];
    throw new ConnectError(message, code, undefined, details);
  },
};

const TRANSPORTS = {
  "connect json": (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  "connect binary, http/2": (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: "2" }),
  "grpc-web": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  grpc: (baseUrl: string) => createGrpcTransport({ baseUrl }),
};

describe("durable calls over HTTP", () => {
  for (const [name, transportTo] of Object.entries(TRANSPORTS))
    it(`by ${name}`, async (t) => {
      const { http } = await serve(t, HANDLERS);
      const client = createClient(ConformanceTasks, transportTo(http));
      let taskId: string | null = null;
      let state: string | null = null;
      const seen = {
        headers: { "x-conformance": "yes" },
        onHeader: (headers: Headers) => (taskId = headers.get("qtasks-task-id")),
        onTrailer: (trailers: Headers) => (state = trailers.get("qtasks-task-state")),
      };
      const echoed = await client.echo({ text: "hällo" }, seen);
      assert.equal(echoed.text, "hällo");
      assert.deepEqual(echoed.metadata, { "x-conformance": "yes" });
      assert.match(String(taskId), /^[0-9a-f-]{36}$/);
      assert.equal(state, "succeeded");
      const values: number[] = [];
      for await (const { value } of client.count({ count: 3 })) values.push(value);
      assert.deepEqual(values, [0, 1, 2]);
      const request = { code: Code.NotFound, message: "no such thing", reason: "GONE" };
      const error = ConnectError.from(await failureOf(client.fail(request)));
      assert.equal(error.code, Code.NotFound);
      assert.equal(error.rawMessage, "no such thing");
      assert.equal(error.findDetails(ErrorInfoSchema)[0]?.reason, "GONE");
      assert.equal(error.metadata.get("qtasks-task-state"), "failed");
    });

  it("name the task early where the caller chose its id", async (t) => {
    const { http, tasks } = await serve(t, HANDLERS);
    const client = createClient(ConformanceTasks, TRANSPORTS["connect json"](http));
    await client.echo({ text: "x" }, { headers: { "qtasks-task-id": "mine" } });
    assert.equal((await tasks.get("mine")).spec!.name, "conformance.v1.ConformanceTasks/Echo");
  });

  const post = (http: string, method: string, body: string) =>
    fetch(`${http}/conformance.v1.ConformanceTasks/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });

  it("refuse what is not the request's JSON", async (t) => {
    const { http } = await serve(t, HANDLERS);
    const response = await post(http, "Echo", '{"txet": "typo"}');
    assert.equal(response.status, 400);
    assert.match(await response.text(), /txet/);
  });

  it("refuse methods without a handler, and those that stream requests", async (t) => {
    const { http } = await serve(t, HANDLERS);
    const missing = await post(http, "Missing", "{}");
    assert.equal(missing.status, 501);
    assert.equal(missing.headers.get("qtasks-reason"), "METHOD_NOT_FOUND");
    const upload = await fetch(`${http}/conformance.v1.ConformanceTasks/Upload`, {
      method: "POST",
      headers: { "content-type": "application/connect+json" },
      body: Uint8Array.of(0, 0, 0, 0, 2, 0x7b, 0x7d),
    });
    assert.match(await upload.text(), /streams requests/);
  });

  it("make no task of a GET", async (t) => {
    const { http, tasks } = await serve(t, HANDLERS);
    const url = `${http}/conformance.v1.ConformanceTasks/Echo?connect=v1&encoding=json&message=%7B%7D`;
    const response = await fetch(url);
    assert.equal(response.status, 405);
    assert.deepEqual((await tasks.listPage()).tasks, []);
  });
});
