/** What to type once a server runs. */
import type { QueueTasks } from "../app.ts";
import { DEFAULT_ADDRESS } from "../client/index.ts";

/** Commands for another terminal: one for each task that has an example, then what lists them all. */
export function nextSteps(app: QueueTasks): string[] {
  const at = app.grpcAddress === DEFAULT_ADDRESS ? "" : ` --server ${app.grpcAddress}`;
  const steps: string[] = [];
  app.router.attach(({ name, task: { example } }) => {
    if (example === undefined) return;
    steps.push(`npx qtasks run ${name} ${quoted(JSON.stringify(example))}${at}`);
  });
  return [...steps, `npx qtasks tasks${at}`];
}

/** One word for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
