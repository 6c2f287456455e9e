import assert from "node:assert/strict";
import { test } from "node:test";
import { HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.ts";
import { imageServices } from "../../src/bridge/descriptors.ts";
import { schemaOf } from "../../src/worker/schema.ts";
import {
  ConformanceTasks,
  EchoRequestSchema,
  EchoResponseSchema,
} from "../gen/conformance/v1/conformance_pb.ts";
import { makeBridge, SERVICE, startBridge, startServer } from "./setup.ts";
import { startTarget } from "./target.ts";

const { fileDescriptorSet: IMAGE } = schemaOf([ConformanceTasks.file])!;

test("a target without reflection is described by an image", async (t) => {
  const [server, target] = [await startServer(t), await startTarget({ reflection: "none" })];
  t.after(() => target.stop());
  const { bridge } = makeBridge(server, target.address);
  await assert.rejects(bridge.start(), {
    reason: "CONFIG_INVALID",
    message: /the server at \S+ has no reflection: give its descriptors as an image/,
  });
  await startBridge(server, target.address, { image: IMAGE, services: [SERVICE] });
  const handle = await server.enqueue("Echo", EchoRequestSchema, { text: "image" });
  const response = await handle.resultMessage(EchoResponseSchema, { timeoutMs: 10_000 });
  assert.equal(response.text, "image");
});

test("a service that is not there is refused with those that are", async (t) => {
  const server = await startServer(t);
  const target = await startTarget({ health: Status.SERVING });
  t.after(() => target.stop());
  const { bridge } = makeBridge(server, target.address, { services: ["acme.v1.Nothing"] });
  // gRPC's own services are nobody's tasks.
  const message = `no service acme.v1.Nothing: there are ${SERVICE}`;
  await assert.rejects(bridge.start(), { reason: "CONFIG_INVALID", message });
  assert.throws(() => imageServices(IMAGE, ["grpc.health.v1.Health"]), {
    message: `no service grpc.health.v1.Health: there are ${SERVICE}`,
  });
});

test("an image that is none, or lacks an import, is refused", () => {
  assert.throws(() => imageServices(Buffer.from("\xff\xff", "latin1"), []), {
    reason: "CONFIG_INVALID",
    message: /^not a google\.protobuf\.FileDescriptorSet: /,
  });
  assert.throws(() => imageServices(new Uint8Array(), []), { message: /there is no service/ });
  assert.deepEqual(
    imageServices(IMAGE, []).map(({ typeName }) => typeName),
    [SERVICE],
  );
});
