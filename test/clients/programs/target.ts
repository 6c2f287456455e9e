/** A gRPC server as anybody runs one: no word of tasks in it. The bridge makes a worker of it. */
import { setTimeout as sleep } from "node:timers/promises";
import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import * as grpc from "@grpc/grpc-js";
import { ErrorInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import {
  ConformanceTasks,
  type CountRequest,
  type EchoRequest,
  type FailRequest,
  type WaitRequest,
} from "../../gen/conformance/v1/conformance_pb.ts";
import { addService, type Unary, type Streaming } from "./stock-server.ts";

const echo: Unary<EchoRequest> = async ({ text }, call) => {
  const seen = Object.entries(call.metadata.getMap()).filter(([key]) =>
    /^(qtasks-|x-conf)/.test(key),
  );
  const metadata = Object.fromEntries(seen.map(([key, value]) => [key, String(value)]));
  return { text, metadata, hasDeadline: Number.isFinite(Number(call.getDeadline())) };
};

const count: Streaming<CountRequest> = async function* ({ count: end, delayMs }) {
  for (let value = 0; value < end; value++) {
    await sleep(delayMs);
    yield { value };
  }
};

const fail: Unary<FailRequest> = async ({ code, message, reason }) => {
  const metadata = new grpc.Metadata();
  const info = create(ErrorInfoSchema, { reason, domain: "conformance" });
  const details = reason === "" ? [] : [anyPack(ErrorInfoSchema, info)];
  const status = toBinary(StatusSchema, create(StatusSchema, { code, message, details }));
  metadata.set("grpc-status-details-bin", Buffer.from(status));
  throw Object.assign(new Error(message), { code, details: message, metadata });
};

const wait: Unary<WaitRequest> = async ({ delayMs }, call) => {
  const ended = new AbortController();
  call.once("cancelled", () => ended.abort());
  await sleep(delayMs, undefined, { signal: ended.signal });
  const attempt = Number(call.metadata.get("qtasks-attempt")[0]);
  return { attempt, pid: process.pid };
};

const server = new grpc.Server();
addService(server, ConformanceTasks, { echo, count, fail, wait });
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(`serves 127.0.0.1:${port}`);
});
