/**
 * `npm run test:clients [-- LANGUAGE…]`: builds each client, runs its own tests and checks, then all against each other. Where a
 * toolchain is missing it says how to install it, and goes on with the others; in CI that is a failure.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve as resolvePath } from "node:path";
import pc from "picocolors";
import { BUILD, LANGUAGES, ROOT, type Command, type Language } from "./languages.ts";

interface Ran {
  readonly ok: boolean;
  readonly output: string;
}

const asked = process.argv.slice(2);
const known = LANGUAGES.map(({ name }) => name);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no client for ${unknown.join(", ")}; there are ${known.join(", ")}`);
  process.exit(2);
}
mkdirSync(BUILD, { recursive: true });
// What plays in every row of the tables is needed in any case.
const languages = LANGUAGES.filter(
  ({ name }) => asked.length === 0 || asked.includes(name) || name === "typescript",
);

let failed = false;
const ready: Language[] = [];
for (const language of languages) if (await prepare(language)) ready.push(language);
const names = ready.map(({ name }) => name);
console.log(`\nall against each other: ${names.join(", ")}, bridge\n`);
const matrix = {
  command: process.execPath,
  args: [join(import.meta.dirname, "matrix.ts"), ...names],
};
if (!(await run(matrix, "inherit")).ok) failed = true;
process.exitCode = failed ? 1 : 0;

/** Whether the language's program is there to be run. */
async function prepare(language: Language): Promise<boolean> {
  const { name, probe, install, build, checks } = language;
  if (!(await run(probe)).ok) {
    console.log(`${pc.yellow("–")} ${name}: left out; its tests need ${install}`);
    failed ||= process.env["CI"] !== undefined;
    return false;
  }
  if (!(await step(name, "build", build))) return false;
  if (language.generate !== undefined) await regenerate(name, language.generate);
  for (const [check, commands] of Object.entries(checks)) await step(name, check, commands);
  return true;
}

/** The code that is there is what the generators make of the protos. */
async function regenerate(language: string, generate: Command): Promise<void> {
  const path = `clients/${language}`;
  const changes = async () =>
    (await run(git("diff", "--", path))).output +
    (await run(git("status", "--short", "--", path))).output;
  const before = await changes();
  if (!(await step(language, "generate", [generate]))) return;
  if ((await changes()) === before) return;
  failed = true;
  console.log(
    `${pc.red("✗")} ${language}: generated code was out of date; ${path}/generate has made it anew`,
  );
}

function git(...args: readonly string[]): Command {
  return { command: "git", args };
}

async function step(
  language: string,
  what: string,
  commands: readonly Command[],
): Promise<boolean> {
  const startedAt = performance.now();
  for (const command of commands) {
    const { ok, output } = await run(command);
    if (ok) continue;
    failed = true;
    console.log(
      `${pc.red("✗")} ${language} ${what}: ${[command.command, ...command.args].join(" ")}\n${output}`,
    );
    return false;
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${pc.green("✓")} ${language.padEnd(11)} ${what.padEnd(8)} ${seconds.padStart(6)} s`);
  return true;
}

/** Runs a command to its end. */
function run(
  { command, args, cwd = ".", env }: Command,
  stdio: "pipe" | "inherit" = "pipe",
): Promise<Ran> {
  return new Promise((done) => {
    // A program by its path is one of the checkout's.
    const program = command.includes("/") ? resolvePath(ROOT, command) : command;
    const child = spawn(program, args, {
      cwd: join(ROOT, cwd),
      env: { ...process.env, ...env },
      stdio: ["ignore", stdio, stdio],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", (error) => done({ ok: false, output: error.message }));
    child.once("close", (code) => done({ ok: code === 0, output }));
  });
}
