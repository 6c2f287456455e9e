import assert from "node:assert/strict";
import { test } from "node:test";
import type { Executor } from "../../src/worker/executor.ts";
import { failureOf, resultOf, setup } from "./setup.ts";

test("values, promises, thenables and generators in promises are results alike", async (t) => {
  const { server } = await setup(t, {
    value: () => "value",
    promise: async () => "promise",
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    thenable: () => ({ then: (resolve: (value: string) => void) => resolve("thenable") }),
    generator: async () =>
      (async function* () {
        yield 1;
        return "generator";
      })(),
  });
  for (const name of ["value", "promise", "thenable", "generator"])
    assert.equal(resultOf(await server.outcome(server.push({ name }))), name);
  assert.deepEqual(
    server.outcomes.map(({ eventCount }) => eventCount),
    [0n, 0n, 0n, 1n],
  );
});

test("an executor may answer at once or later, and throw or reject", async (t) => {
  const executor: Executor = {
    run: ({ input }) => {
      if (input === "throw") throw new Error("thrown");
      if (input === "reject") return Promise.reject(new Error("rejected"));
      return input === "later" ? Promise.resolve("later") : input;
    },
  };
  const { server } = await setup(t, { it: () => assert.fail("not run") }, { executor });
  const outcome = (input: string) => server.outcome(server.push({ name: "it", input }));
  for (const input of ["now", "later"]) assert.equal(resultOf(await outcome(input)), input);
  assert.equal(failureOf(await outcome("throw")).message, "thrown");
  assert.equal(failureOf(await outcome("reject")).message, "rejected");
});
