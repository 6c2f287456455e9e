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
/** A process that takes longer is killed: it has found nothing, in ms. */
const DEADLINE_MS = 180_000;

/** Else the process would report to the runner of this very test. */
const CLEARED = { NODE_TEST_CONTEXT: "" };

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
  /** Of each test. */
  readonly timeoutMs: number;
  readonly mutant?: Mutant | undefined;
  /** Laid over this process's environment. */
  readonly env: Readonly<Record<string, string>>;
}

export async function runSuite(t: TestContext, options: SuiteRunOptions): Promise<SuiteRun> {
  const { file, tests, timeoutMs, mutant, env } = options;
  const folder = tempFolder();
  const report = join(folder, "verdicts");
  const mark = join(folder, "loaded");
  const args = [
    `--test-reporter=${REPORTER}`,
    `--test-reporter-destination=${report}`,
    `--test-timeout=${timeoutMs}`,
    // What a failed test leaves open would keep the process alive.
    "--test-force-exit",
    ...tests.map((pattern) => `--test-name-pattern=/${pattern}/`),
    join(ROOT, "test", file),
  ];
  const mutation = mutant && mutationOf(mutant, mark);
  const child = startNode(t, args, {
    cwd: ROOT,
    env: { ...env, ...CLEARED, ...(mutation && hooked(mutation)) },
  });
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const { stdout, stderr } = await child.finished;
  clearTimeout(deadline);
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

async function readVerdicts(path: string): Promise<Verdict[]> {
  const text = existsSync(path) ? await readFile(path, "utf8") : "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Verdict);
}
