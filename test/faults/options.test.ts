import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FAULTS } from "./faults/catalogue.ts";
import { suiteOptions, type SuiteOptions } from "./options.ts";

describe("the arguments of the suite", () => {
  test("that are not given are every backend and every fault", () => {
    const { layouts, faults, minutes, json } = options();
    assert.deepEqual(
      layouts.map(({ name, servers }) => [name, servers]),
      [
        ["memory", 1],
        ["sqlite", 1],
        ["redis", 2],
        ["sqlite+redis", 1],
        ["redis+memory", 1],
        ["redis+redis", 2],
      ],
    );
    assert.deepEqual([faults.length, minutes, json], [FAULTS.length, 2, false]);
  });

  test("name one backend, joint or a pair, ours or given", () => {
    assert.deepEqual(names("--url", "redis://localhost:6379"), ["redis"]);
    assert.deepEqual(names("--storage", "sqlite:", "--broker", "memory:"), ["sqlite+memory"]);
    const [layout] = options("--url", "redis://localhost:6379").layouts;
    assert.deepEqual(layout?.storage, { kind: "redis", url: "redis://localhost:6379" });
  });

  test("name faults, or parts of their names", () => {
    const named = (words: string): string[] =>
      options("--faults", words).faults.map(({ name }) => name);
    assert.deepEqual(named("poison"), ["poison"]);
    assert.deepEqual(named("kill,half-open-redis"), [
      "kill-worker",
      "kill-server",
      "half-open-redis",
    ]);
    assert.deepEqual(named("disk"), ["full-disk"]);
  });

  test("that can't be are refused, saying what is expected", () => {
    const wrong = (...argv: string[]) => assert.throws.bind(undefined, () => suiteOptions(argv));
    wrong("--faults", "earthquake")(/no fault earthquake; there are kill-worker, /);
    wrong("--url", "mysql:")(/expected memory:, sqlite: or redis:/);
    wrong("--minutes", "soon")(/--minutes: expected a number, at least 0.05, not soon/);
    wrong("--output", "xml")(/expected table or json/);
    wrong("--colour", "red")(/--colour/);
  });

  test("ask for help", () => {
    assert.equal(suiteOptions(["--help"]), "help");
  });
});

function options(...argv: string[]): SuiteOptions {
  const found = suiteOptions(argv);
  assert.ok(found !== "help");
  return found;
}

function names(...argv: string[]): string[] {
  return options(...argv).layouts.map(({ name }) => name);
}
