/**
 * `npm run bench:clients [-- LANGUAGE…]`: what one process of each language does beside the server, and its memory over
 * 100,000 tasks. The programs are built by `npm run test:clients`.
 */
import { readFile } from "node:fs/promises";
import { after, test, type TestContext } from "node:test";
import { join } from "node:path";
import Table from "cli-table3";
import { tempFolder } from "../support/temp.ts";
import { clientOf, workerOf } from "./actors.ts";
import { LANGUAGES, type Language } from "./languages.ts";
import { Service } from "./server.ts";

const COUNT = 50_000;
const MEMORY_TASKS = 100_000;
const BATCH = 1_000;
/** Memory is looked at after so many tasks, and in the end. */
const WARM_TASKS = 40_000;

const URLS: Readonly<Record<string, () => string>> = {
  memory: () => "memory:",
  sqlite: () => `sqlite:${join(tempFolder(), "tasks.db")}`,
};

/** What a process must reach in one second: enqueues, tasks. */
const LEAST = { python: [5_000, 5_000], other: [15_000, 5_000] } as const;

interface Rates {
  readonly batch: number;
  readonly enqueue_per_second: number;
  readonly tasks_per_second: number;
}

const wanted = process.argv.slice(2);
const languages = LANGUAGES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const rates = new Table({
  head: ["client", "server on", "enqueues/s", "in batches of", "tasks/s", "targets"],
  style: { head: [], border: [] },
});
const memory = new Table({
  head: ["worker", `MB after ${WARM_TASKS} tasks`, `MB after ${MEMORY_TASKS}`, "growth"],
  style: { head: [], border: [] },
});

for (const language of languages) {
  for (const [backend, urlOf] of Object.entries(URLS))
    test(`${language.name} on ${backend}`, async (t) => {
      const service = await Service.start(t, "", urlOf());
      const program = clientOf(language, language.name, "bench");
      const measured = (await program.play(t, service, String(COUNT))) as unknown as Rates;
      rates.push(rowOf(language, backend, measured));
    });
  test(`${language.name}: memory`, async (t) => {
    memory.push(await measureMemory(t, language));
  });
}

after(() => console.log(`\n${rates.toString()}\n\n${memory.toString()}`));

function rowOf({ name }: Language, backend: string, measured: Rates): (string | number)[] {
  const { batch, enqueue_per_second: enqueues, tasks_per_second: tasks } = measured;
  const [leastEnqueues, leastTasks] = name === "python" ? LEAST.python : LEAST.other;
  const met = enqueues >= leastEnqueues && tasks >= leastTasks;
  const targets = `${leastEnqueues}, ${leastTasks}: ${met ? "met" : "MISSED"}`;
  return [name, backend, Math.round(enqueues), batch, Math.round(tasks), targets];
}

async function measureMemory(t: TestContext, language: Language): Promise<(string | number)[]> {
  const service = await Service.start(t, "", "memory:");
  const worker = await workerOf(language).start(t, service);
  const seen: number[] = [];
  for (let done = 0; done < MEMORY_TASKS; done += BATCH) {
    const inputs = Array.from({ length: BATCH }, (_, at) => ({ input: at, text: "x".repeat(100) }));
    const handles = await Promise.all(
      inputs.map((input) => service.tasks.enqueue("conformance.echo", input)),
    );
    await Promise.all(handles.map((handle) => handle.done()));
    if (done + BATCH === WARM_TASKS || done + BATCH === MEMORY_TASKS)
      seen.push(await residentMb(worker.pid));
  }
  const [warm = 0, end = 0] = seen;
  const growth = `${Math.round((end / warm - 1) * 100)} %`;
  return [language.name, warm.toFixed(1), end.toFixed(1), growth];
}

/** Resident memory of a process, in MB. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
