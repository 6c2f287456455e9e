import assert from "node:assert/strict";
import { test } from "node:test";
import { unknownVariables } from "../../src/config/environment.ts";
import { nearest } from "../../src/core/nearest.ts";
import { OPTIONS, variableOf, type OptionName } from "../../src/config/options.ts";
import { resolveConfig } from "../../src/config/resolve.ts";

test("variables that nothing reads are warned of, with the name that may have been meant", () => {
  const env = {
    QTASKS_SLOT: "1",
    QTASKS_GRACEMS: "5",
    QTASKS_ZZZ: "x",
    SLOTS: "1",
    QTASKS_SLOTS: "2",
  };
  const { warnings, values } = resolveConfig({ env, file: false });
  const why = "is no variable of QTasks and has no effect";
  assert.deepEqual(warnings, [
    `QTASKS_SLOT ${why}; did you mean QTASKS_SLOTS?`,
    `QTASKS_GRACEMS ${why}; did you mean QTASKS_GRACE_MS?`,
    `QTASKS_ZZZ ${why}`,
  ]);
  assert.equal(values.slots, 2);
});

test("no warning of what is known: options, the file, other programs' variables, and unset ones", () => {
  const names = [...(Object.keys(OPTIONS) as OptionName[]).map(variableOf), "QTASKS_CONFIG"];
  const others = ["QTASKS_ADDRESS", "QTASKS_PYTHON_TOOLS", "QTASKS_RUST_PLUGINS"];
  const env = Object.fromEntries([...names, ...others].map((name) => [name, "x"]));
  assert.deepEqual(unknownVariables({ ...env, QTASKS_UNSET: "", QTASKS_NEITHER: undefined }), []);
});

test("no warning of what Kubernetes tells of a service called qtasks; one of a port that somebody set", () => {
  const told = {
    QTASKS_SERVICE_HOST: "10.0.0.1",
    QTASKS_SERVICE_PORT: "50051",
    QTASKS_SERVICE_PORT_GRPC: "50051",
    QTASKS_PORT: "tcp://10.0.0.1:50051",
    QTASKS_PORT_50051_TCP: "tcp://10.0.0.1:50051",
    QTASKS_PORT_50051_TCP_ADDR: "10.0.0.1",
    QTASKS_PORT_50051_TCP_PROTO: "tcp",
    QTASKS_SERVER_SERVICE_HOST: "10.0.0.1",
    QTASKS_SERVER_PORT: "tcp://10.0.0.1:50051",
  };
  assert.deepEqual(unknownVariables(told), []);
  assert.equal(unknownVariables({ QTASKS_PORT: "50051" }).length, 1);
});

test("the nearest name: by characters put in, left out, replaced or swapped, and none that is far", () => {
  const known = ["slots", "queues", "graceMs", "url", "workerId"];
  const cases: [string, string | undefined][] = [
    ["slot", "slots"],
    ["qeuues", "queues"],
    ["GRACEMS", "graceMs"],
    ["ulr", "url"],
    ["worker_id", "workerId"],
    ["x", undefined],
    ["concurrency", undefined],
    ["", undefined],
  ];
  for (const [name, meant] of cases) assert.equal(nearest(name, known), meant, name);
});
