import assert from "node:assert/strict";
import { test } from "node:test";
import { OutcomeVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { failureOf, resultOf, setup } from "./setup.ts";

test("outcomes are repeated until the server has answered", async (t) => {
  const { server } = await setup(t, { it: () => 1 });
  server.broken.set("reportOutcomes", new QTasksError("STORAGE_UNAVAILABLE", "away"));
  const id = server.push({ name: "it" });
  const renewed = () =>
    server.heartbeats.filter(({ renewals }) => renewals?.length === 1).length >= 3;
  // Its lease is renewed as long as its outcome is not recorded.
  await server.until(renewed);
  server.broken.delete("reportOutcomes");
  assert.equal(resultOf(await server.outcome(id)), 1);
});

test("too large a result becomes a failure that says so", async (t) => {
  const { server } = await setup(t, { it: () => "x".repeat(100) });
  server.judge = ({ kind }) =>
    kind.case === "success"
      ? {
          verdict: OutcomeVerdict.REFUSED,
          error: { reason: "PAYLOAD_TOO_LARGE", message: "102 bytes; the limit is 10" },
        }
      : { verdict: OutcomeVerdict.RECORDED };
  server.push({ name: "it" });
  await server.until(() => server.outcomes.length === 2);
  const failure = failureOf(server.outcomes[1]!);
  assert.equal(failure.type, "qtasks.ResultTooLarge");
  assert.equal(failure.nonRetryable, true);
  assert.match(failure.message, /the limit is 10/);
});

test("a refused call is narrowed down to the outcome that it is meant for", async (t) => {
  const { server } = await setup(t, { good: () => "good", bad: () => "bad" });
  const { reportOutcomes } = server.calls;
  const gate = Promise.withResolvers<void>();
  (server.calls as { reportOutcomes: typeof reportOutcomes }).reportOutcomes = async (request) => {
    await gate.promise;
    const isBad = JSON.stringify(request.outcomes?.map(({ kind }) => kind?.value)).includes(
      '\\"bad',
    );
    if (isBad) throw new QTasksError("PAYLOAD_TOO_LARGE", "the request is over the limit");
    return reportOutcomes(request);
  };
  const ids = ["good", "bad", "good"].map((name) => server.push({ name }));
  gate.resolve();
  assert.equal(resultOf(await server.outcome(ids[0]!)), "good");
  assert.equal(resultOf(await server.outcome(ids[2]!)), "good");
  assert.equal(failureOf(await server.outcome(ids[1]!)).type, "qtasks.ResultTooLarge");
});

test("a stale outcome is dropped", async (t) => {
  const { server, worker, logs } = await setup(t, { it: () => 1 });
  server.judge = () => ({ verdict: OutcomeVerdict.STALE });
  server.push({ name: "it" });
  await server.until(() => server.outcomes.length === 1 && worker.status.held === 0);
  assert.ok(logs.some(({ msg }) => msg.includes("too late")));
});

test("an answer that lacks results frees the slots", async (t) => {
  const { server, worker, logs } = await setup(t, { it: () => 1 });
  const { reportOutcomes } = server.calls;
  (server.calls as { reportOutcomes: typeof reportOutcomes }).reportOutcomes = async (request) => ({
    ...(await reportOutcomes(request)),
    results: [],
  });
  server.push({ name: "it" });
  await server.until(() => server.outcomes.length === 1 && worker.status.held === 0);
  assert.ok(logs.some(({ msg }) => msg.includes("could not be reported")));
});

test("an outcome that is refused for good frees its slot", async (t) => {
  const { server, worker, logs } = await setup(t, { it: () => 1 });
  server.judge = () => ({
    verdict: OutcomeVerdict.REFUSED,
    error: { reason: "FIELD_VIOLATION", message: "no" },
  });
  server.push({ name: "it" });
  await server.until(() => worker.status.held === 0 && server.outcomes.length > 1);
  assert.equal(server.outcomes.length, 4);
  assert.ok(logs.some(({ msg }) => msg.includes("refused for good")));
});
