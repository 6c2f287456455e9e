/**
 * `npm run test:model -- --runs N --seed S --subject sqlite`: the model-based tests, as often as wanted. A failure
 * prints the flags that repeat it.
 */
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { VARIABLES } from "./settings.ts";

const FILES = ["storage.test.ts", "broker.test.ts", "pipeline.test.ts"];

const { values } = parseArgs({
  options: {
    runs: { type: "string" },
    seed: { type: "string" },
    path: { type: "string" },
    replay: { type: "string" },
    subject: { type: "string" },
  },
});

// Other sequences each time; each test prints its seed.
const env: NodeJS.ProcessEnv = { ...process.env, [VARIABLES.seed]: String(randomInt(2 ** 31)) };
for (const [flag, variable] of Object.entries(VARIABLES)) {
  const value = values[flag as keyof typeof values];
  if (value !== undefined) env[variable] = value;
}
const files = FILES.map((name) => new URL(name, import.meta.url).pathname);
const flags = ["--test", "--test-concurrency=2", "--test-reporter=spec"];
const child = spawn(process.execPath, [...flags, ...files], { env, stdio: "inherit" });
const [code] = (await once(child, "exit")) as [number | null];
process.exitCode = code ?? 1;
