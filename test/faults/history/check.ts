/** `node test/faults/history/check.ts DIRECTORY [--json]`: judges a history; exits with 1 on a violation, 2 when it can't. */
import { parseArgs } from "node:util";
import { checkDirectory, type Verdict } from "./checker.ts";
import { reportText } from "./report.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
process.exitCode = main(positionals[0]);

function main(directory: string | undefined): number {
  if (directory === undefined) {
    console.error("usage: node test/faults/history/check.ts DIRECTORY [--json]");
    return 2;
  }
  let verdict: Verdict;
  try {
    verdict = checkDirectory(directory);
  } catch (error) {
    console.error(error instanceof Error ? describe(error) : String(error));
    return 2;
  }
  console.log(values.json ? JSON.stringify(verdict, undefined, 2) : reportText(verdict));
  return verdict.violations.length === 0 ? 0 : 1;
}

function describe({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
