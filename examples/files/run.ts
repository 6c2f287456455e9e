/** The client program of this example: a folder in, a report out. See --help. */
import { realpath, writeFile } from "node:fs/promises";
import { connect, QTasksError, type TaskClient } from "../../src/client/index.ts";
import { DIGEST, RUN_LABEL } from "./contract.ts";
import { digestAll, gatherReport, type Ended } from "./digest-all.ts";
import { HELP, readOptions, UsageError, type Options } from "./options.ts";
import { failuresOf, summaryText, type Summary } from "./print.ts";
import { showProgress } from "./progress-bar.ts";
import { sumLine } from "./sums.ts";
import { fingerprint, walk, type Walk } from "./walk.ts";

const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 4, interrupted: 130 } as const;

const interrupt = new AbortController();
// A second Ctrl-C ends the process at once, since the first took the listener away.
process.once("SIGINT", () => interrupt.abort());
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = readOptions(argv, process.env);
    if (options !== undefined) return await run(options);
    console.log(HELP);
    return EXIT.ok;
  } catch (error) {
    return explain(error);
  }
}

async function run(options: Options): Promise<number> {
  const folder = await realFolder(options.folder);
  const found = await walk(folder);
  using client = connect({ address: options.server, patienceMs: options.patienceMs });
  const name = options.run ?? fingerprint(folder, found);
  await greet(client, name);
  const { ends, ...facts } = await digestFiles(client, { folder, found, run: name });
  const report = await gatherReport(client, { run: name, signal: interrupt.signal });
  if (options.sums !== undefined) await writeFile(options.sums, sumLines(ends));
  const summary = { run: name, folder, report, ...facts };
  console.log(options.output === "json" ? JSON.stringify(summary) : summaryText(summary));
  return summary.failures.length > 0 ? EXIT.failed : EXIT.ok;
}

async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    throw new UsageError(`${folder}: ${(error as Error).message}`);
  }
}

/** Fails soon where no server is; one that goes away later is waited for. */
async function greet(client: TaskClient, run: string): Promise<void> {
  await client.count({ names: [DIGEST], labels: { [RUN_LABEL]: run } }, interrupt);
}

async function digestFiles(
  client: TaskClient,
  { folder, found, run }: { folder: string; found: Walk; run: string },
): Promise<Omit<Summary, "run" | "folder" | "report"> & { ends: readonly Ended[] }> {
  const { files, skipped } = found;
  const progress = showProgress(files.length);
  let foundEarlier = 0;
  const startedAt = performance.now();
  try {
    const ends = await digestAll(client, files, {
      folder,
      run,
      signal: interrupt.signal,
      onEnqueued: (count, created) => {
        foundEarlier += count - created;
        progress.enqueued(count);
      },
      onEnded: () => progress.ended(),
    });
    const seconds = (performance.now() - startedAt) / 1000;
    const bytes = ends.reduce((sum, end) => sum + ("digest" in end ? end.digest.size : 0), 0);
    return {
      ends,
      failures: failuresOf(ends),
      skipped,
      foundEarlier,
      seconds,
      filesPerSecond: files.length / seconds,
      bytesPerSecond: bytes / seconds,
    };
  } finally {
    progress.stop();
  }
}

function sumLines(ends: readonly Ended[]): string {
  return ends.map((end) => ("digest" in end ? sumLine(end.digest.sha256, end.path) : "")).join("");
}

function explain(error: unknown): number {
  if (interrupt.signal.aborted) {
    console.error("interrupted; the tasks go on, and the same command finds them again");
    return EXIT.interrupted;
  }
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof UsageError) return EXIT.usage;
  if (!(error instanceof QTasksError)) return EXIT.failed;
  if (error.reason === "DEFINITION_NOT_FOUND")
    console.error("start a server with the tasks of this example: npm start");
  return error.code === "UNAVAILABLE" ? EXIT.unreachable : EXIT.failed;
}
