import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Code,
  ConnectError,
  createClient,
  createRouterTransport,
  type HandlerContext,
  type Interceptor,
} from "@connectrpc/connect";
import { taskIds } from "../../src/client/task-ids.ts";
import { ConformanceTasks } from "../gen/conformance/v1/conformance_pb.ts";

const UUIDV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Answer = (context: HandlerContext) => { text: string };

test("each call gets an id, one that has one keeps it", async () => {
  const { stub, ids } = scene(() => ({ text: "" }));
  await stub.echo({});
  await stub.echo({});
  await stub.echo({}, { headers: { "qtasks-task-id": "mine" } });
  for await (const _ of stub.count({})) assert.fail();
  const [first, second, own, streamed] = ids;
  assert.match(first!, UUIDV7);
  assert.match(streamed!, UUIDV7);
  assert.notEqual(first, second);
  assert.equal(own, "mine");
});

test("a call is repeated with its id while the server is away", async () => {
  let left = 3;
  const { stub, ids } = scene(() => {
    if (left-- > 0) throw new ConnectError("away", Code.Unavailable);
    return { text: "back" };
  });
  assert.equal((await stub.echo({})).text, "back");
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids).size, 1);
});

test("it is not repeated after an outcome, another error, an abort, or the patience", async () => {
  const outcome = { "qtasks-task-state": "failed" };
  const final = [
    new ConnectError("down", Code.Unavailable, outcome),
    new ConnectError("no", Code.NotFound),
    new ConnectError("no", Code.Aborted, { "qtasks-reason": "REVISION_MISMATCH" }),
  ];
  for (const error of final) await assertCalls(1, error, 30_000);
  await assertCalls(1, new ConnectError("away", Code.Unavailable), 0);

  const ending = new AbortController();
  const { stub, ids } = scene(() => {
    ending.abort();
    throw new ConnectError("away", Code.Unavailable);
  });
  await assert.rejects(stub.echo({}, { signal: ending.signal }), { code: Code.Canceled });
  assert.equal(ids.length, 1);
});

test("what fetch and Node say of broken connections is repeated", async () => {
  for (const thrown of [new TypeError("Failed to fetch"), new ConnectError("x", Code.Canceled)]) {
    let calls = 0;
    const broken: Interceptor = (next) => (request) => {
      if (++calls === 1) throw thrown;
      return next(request);
    };
    const { stub } = scene(() => ({ text: "back" }), { interceptors: [broken] });
    assert.equal((await stub.echo({})).text, "back");
    assert.equal(calls, 2);
  }
});

async function assertCalls(count: number, error: ConnectError, patienceMs: number): Promise<void> {
  const { stub, ids } = scene(
    () => {
      throw error;
    },
    { patienceMs },
  );
  await assert.rejects(stub.echo({}), { code: error.code });
  assert.equal(ids.length, count);
}

/** A stub on a service in this process, and the ids that came. */
function scene(
  answer: Answer,
  options: { readonly patienceMs?: number; readonly interceptors?: readonly Interceptor[] } = {},
) {
  const ids: (string | null)[] = [];
  const note = ({ requestHeader }: HandlerContext): void =>
    void ids.push(requestHeader.get("qtasks-task-id"));
  const transport = createRouterTransport(
    ({ service }) =>
      service(ConformanceTasks, {
        echo: (_, context) => {
          note(context);
          return answer(context);
        },
        // oxlint-disable-next-line require-yield
        count: async function* (_, context) {
          note(context);
        },
      }),
    { transport: { interceptors: [taskIds(options), ...(options.interceptors ?? [])] } },
  );
  return { stub: createClient(ConformanceTasks, transport), ids };
}
