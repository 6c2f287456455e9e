/** A short run of each kind; `npm run test:faults` makes long ones. Needs the machine for itself: see `test:alone`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startNode } from "../support/process.ts";
import type { Row } from "./report.ts";

const MAIN = join(import.meta.dirname, "main.ts");

/** Those that a backend can have, and that are over soon. */
const RUNS: readonly { readonly urls: readonly string[]; readonly faults: string }[] = [
  {
    urls: ["--url", "sqlite:"],
    faults: "kill,freeze-server,full-disk,locked-file,half-open-worker,cut-client",
  },
  {
    urls: ["--url", "redis:"],
    faults: "kill-server,restart-redis,reset-redis,half-open-client,freeze-worker",
  },
  {
    urls: ["--storage", "redis:", "--broker", "memory:"],
    faults: "kill,cut-redis,freeze-redis",
  },
];
const SEED = "7";
const MINUTES = "0.4";

describe("nothing is lost or doubled, whatever fails", () => {
  for (const { urls, faults } of RUNS)
    test(urls.filter((word) => !word.startsWith("--")).join(" with "), async (t) => {
      const args = ["--seed", SEED, "--minutes", MINUTES, "--faults", faults, "--output", "json"];
      const { code, stdout, stderr } = await startNode(t, [MAIN, ...urls, ...args]).finished;
      assert.equal(code, 0, stderr);
      const { rows } = JSON.parse(stdout) as { readonly rows: readonly Row[] };
      const all = rows.find(({ fault }) => fault === "all");
      assert.ok(all !== undefined && all.injections > 0 && all.events > 1_000, stdout);
      t.diagnostic(`${all.injections} injections, ${all.events} events`);
    });
});
