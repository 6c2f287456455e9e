/** Unary calls over gRPC of which the caller sends another number of messages than one. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { create, toBinary } from "@bufbuild/protobuf";
import { status, type ServiceError } from "@grpc/grpc-js";
import { GetTaskRequestSchema, TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { grpcClient, pathOf, startToy } from "./toy.ts";

/** Sends so many messages; the error that is answered, and the calls that the function got. */
async function send(t: TestContext, count: number) {
  let calls = 0;
  const toy = await startToy(t, {
    getTask: async ({ taskId }) => {
      calls++;
      return { task: { taskId } };
    },
  });
  const client = grpcClient(t, toy.grpcAddress);
  const message = toBinary(GetTaskRequestSchema, create(GetTaskRequestSchema, { taskId: "a" }));
  const error = await new Promise<ServiceError | null>((resolve) => {
    const path = pathOf(TaskService.method.getTask);
    const same = (bytes: Buffer) => bytes;
    const stream = client.makeClientStreamRequest(path, same, same, (failure) => resolve(failure));
    for (let sent = 0; sent < count; sent++) stream.write(Buffer.from(message));
    stream.end();
  });
  return { error, calls };
}

test("one message is answered", async (t) => {
  assert.deepEqual(await send(t, 1), { error: null, calls: 1 });
});

for (const count of [0, 2])
  test(`${count} messages are refused, and nothing is called`, async (t) => {
    const { error, calls } = await send(t, count);
    assert.equal(error?.code, status.UNIMPLEMENTED);
    assert.equal(calls, 0);
  });
