/** Runs a test file of the suite in a process of its own, with or without a mutant in it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { TestContext } from "node:test";
import { startNode } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import type { Mutant } from "./mutant.ts";
import { MUTATION_VARIABLE, type Mutation } from "./mutation.ts";
import type { Verdict } from "./reporter.ts";

const ROOT = join(import.meta.dirname, "../..");
const HOOK = pathToFileURL(join(import.meta.dirname, "hook.ts")).href;
const REPORTER = join(import.meta.dirname, "reporter.ts");
/** A test that takes longer has failed: far more than any of those that are chosen needs, in ms. */
const TEST_TIMEOUT_MS = 8_000;

/** What a run of a test file came to. */
export interface SuiteRun {
  readonly verdicts: readonly Verdict[];
  /** The mutant's file was loaded, and changed. */
  readonly mutated: boolean;
  /** What it printed, for where there are no verdicts. */
  readonly output: string;
}

export interface SuiteRunOptions {
  /** Below `test/`. */
  readonly file: string;
  /** Which tests: regular expressions over their full names. */
  readonly tests: readonly string[];
  readonly mutant?: Mutant | undefined;
  /** Laid over this process's environment. */
  readonly env: Readonly<Record<string, string>>;
}

export async function runSuite(t: TestContext, options: SuiteRunOptions): Promise<SuiteRun> {
  const { file, tests, mutant, env } = options;
  const folder = tempFolder();
  const report = join(folder, "verdicts");
  const mark = join(folder, "loaded");
  const args = [
    `--test-reporter=${REPORTER}`,
    `--test-reporter-destination=${report}`,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    // What a failed test leaves open would keep the process alive.
    "--test-force-exit",
    ...tests.map((pattern) => `--test-name-pattern=/${pattern}/`),
    join(ROOT, "test", file),
  ];
  const mutation = mutant && mutationOf(mutant, mark);
  const { stdout, stderr } = await startNode(t, args, {
    cwd: ROOT,
    env: { ...env, ...cleared(), ...(mutation && hooked(mutation)) },
  }).finished;
  return {
    verdicts: await readVerdicts(report),
    mutated: existsSync(mark),
    output: `${stdout}${stderr}`.trim(),
  };
}

function mutationOf({ file, edits }: Mutant, loadedMark: string): Mutation {
  return { url: pathToFileURL(join(ROOT, file)).href, edits, loadedMark };
}

/** Threads and further processes get the hook by the same variable. */
function hooked(mutation: Mutation): Record<string, string> {
  return { NODE_OPTIONS: `--import=${HOOK}`, [MUTATION_VARIABLE]: JSON.stringify(mutation) };
}

/** Else the runner of this very test would be told of the tests of the other one. */
function cleared(): Record<string, string> {
  return { NODE_TEST_CONTEXT: "" };
}

async function readVerdicts(path: string): Promise<Verdict[]> {
  const text = existsSync(path) ? await readFile(path, "utf8") : "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Verdict);
}
