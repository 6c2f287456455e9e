/**
 * A script that runs 1,000 tasks in its own process and ends: `node examples/embedding/script/main.ts`. On a terminal it
 * shows a progress bar and a table, `… | jq` and `… > FILE` get JSON. No server listens.
 */
import { showProgress } from "./progress-bar.ts";
import { reportOf, tableOf } from "./report.ts";
import { app, walk, type Walk } from "./tasks.ts";

const COUNT = 1_000;

await app.start({ server: false, worker: true });
try {
  const report = reportOf(await walkAll(COUNT));
  console.log(process.stdout.isTTY ? tableOf(report) : JSON.stringify(report));
} finally {
  // With the app stopped nothing is open any more, and the process ends.
  await app.stop();
}

/** One task for each start from 1; all are enqueued and awaited at once. */
async function walkAll(count: number): Promise<Walk[]> {
  const bar = showProgress(count);
  const run = async (start: number): Promise<Walk> => {
    const result = await walk.run(start);
    bar.step();
    return result;
  };
  try {
    return await Promise.all(Array.from({ length: count }, (_, index) => run(index + 1)));
  } finally {
    bar.stop();
  }
}
