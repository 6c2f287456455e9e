import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { status as Code } from "@grpc/grpc-js";

import {
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
  HealthListResponseSchema,
} from "../../gen/grpc/health/v1/health_pb.ts";
import { call, grpcClient, pathOf, seenByGrpc, startToy } from "./toy.ts";

const TASKS = "qtasksapi.v1.TaskService";

test("check and list follow the server's readiness", async (t) => {
  let ready = true;
  const toy = await startToy(t, {}, { readiness: async () => ({ ready, checks: [] }) });
  const client = grpcClient(t, toy.grpcAddress);
  const check = async (service: string) => {
    const { bytes } = await call(client, Health.method.check, { service }).ended;
    return fromBinary(HealthCheckResponseSchema, bytes!).status;
  };
  assert.equal(await check(""), Status.SERVING);
  assert.equal(await check(TASKS), Status.SERVING);
  ready = false;
  assert.equal(await check(TASKS), Status.NOT_SERVING);
  const { bytes } = await call(client, Health.method.list, {}).ended;
  assert.equal(
    fromBinary(HealthListResponseSchema, bytes!).statuses[TASKS]?.status,
    Status.NOT_SERVING,
  );
  const unknown = await call(client, Health.method.check, { service: "no.such" }).ended;
  assert.equal(unknown.error?.code, Code.NOT_FOUND);
  assert.equal(seenByGrpc(unknown.error).reason, "SERVICE_NOT_FOUND");
});

test("a watch tells of the drain and ends", async (t) => {
  const toy = await startToy(t, {}, { graceMs: 60_000 });
  const client = grpcClient(t, toy.grpcAddress);
  const watch = (service: string) => {
    const request = create(HealthCheckRequestSchema, { service });
    return client.makeServerStreamRequest<Uint8Array, Status>(
      pathOf(Health.method.watch),
      (bytes) => Buffer.from(bytes),
      (bytes) => fromBinary(HealthCheckResponseSchema, bytes).status,
      toBinary(HealthCheckRequestSchema, request),
    );
  };
  const [known, unknown] = [watch(TASKS), watch("no.such")];
  const seen: [Status[], Status[]] = [[], []];
  known.on("data", (status: Status) => seen[0].push(status));
  unknown.on("data", (status: Status) => seen[1].push(status));
  await Promise.all([once(known, "data"), once(unknown, "data")]);
  await Promise.all([once(known, "end"), once(unknown, "end"), toy.server.stop()]);
  assert.deepEqual(seen, [[Status.SERVING, Status.NOT_SERVING], [Status.SERVICE_UNKNOWN]]);
});
