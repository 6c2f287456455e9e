/**
 * Every client against every kind of task, every worker too, and each with each. `node test/clients/matrix.ts LANGUAGE…`; the programs are
 * built by then.
 */
import { after, test, type TestContext } from "node:test";
import { BRIDGE, clientOf, workerOf, type ClientActor, type WorkerActor } from "./actors.ts";
import { LANGUAGES, variantsOf } from "./languages.ts";
import { drained, killed, restarted, serverKilled } from "./mishaps.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Service } from "./server.ts";
import { callBeforeWorker, routeGuide, routeGuideBehindBridge, tools } from "./stories.ts";
import { Marks } from "./table.ts";

const wanted = process.argv.slice(2);
const languages = LANGUAGES.filter(({ name }) => wanted.includes(name));
const typescript = LANGUAGES.find(({ name }) => name === "typescript")!;
const player = clientOf(typescript);
const variants = languages.flatMap(variantsOf);
const clients: ClientActor[] = variants.map((language) => clientOf(language));
if (languages.includes(typescript)) clients.push(clientOf(typescript, "browser", "browser"));
const workers: WorkerActor[] = [...variants.map(workerOf), BRIDGE];

const titles = Object.values(SCENARIOS).map(({ title }) => title);
const clientMarks = new Marks("client", [...titles, "server killed"]);
const workerMarks = new Marks("worker", [...titles, "killed", "drained", "server restarted"]);
const pairMarks = new Marks(
  "durable call: worker \\ client",
  clients.map(({ name }) => name),
);

/** A test that leaves its mark. */
async function mark(
  t: TestContext,
  marks: Marks,
  row: string,
  column: string,
  fn: (t: TestContext) => Promise<void>,
): Promise<void> {
  await t.test(column, async (inner) => {
    marks.set(row, column, false);
    await fn(inner);
    marks.set(row, column, true);
  });
}

for (const client of clients) {
  test(`client: ${client.name}`, async (t) => {
    const service = await Service.start(t);
    await workerOf(typescript).start(t, service);
    for (const [name, scenario] of Object.entries(SCENARIOS))
      await mark(t, clientMarks, client.name, scenario.title, async (inner) => {
        await scenario.verify(service, await client.play(inner, service, name));
      });
    await mark(t, clientMarks, client.name, "server killed", (inner) =>
      serverKilled({ t: inner, service, client }),
    );
  });
}

for (const worker of workers) {
  test(`worker: ${worker.name}`, async (t) => {
    const service = await Service.start(t, worker.methodsOnly ? "functions" : "");
    const first = await worker.start(t, service);
    for (const [name, scenario] of Object.entries(SCENARIOS))
      await mark(t, workerMarks, worker.name, scenario.title, async (inner) => {
        await scenario.verify(service, await player.play(inner, service, name));
      });
    for (const client of clients)
      await mark(t, pairMarks, worker.name, client.name, async (inner) => {
        await SCENARIOS["call"]!.verify(service, await client.play(inner, service, "call"));
      });
    const mishap = { service, worker, client: player };
    await mark(t, workerMarks, worker.name, "killed", (inner) =>
      killed({ ...mishap, t: inner, running: first }),
    );
    await mark(t, workerMarks, worker.name, "drained", async (inner) =>
      drained({ ...mishap, t: inner, running: await worker.start(inner, service) }),
    );
    await mark(t, workerMarks, worker.name, "server restarted", async (inner) =>
      restarted({ ...mishap, t: inner, running: await worker.start(inner, service) }),
    );
  });
}

for (const language of languages.filter(({ name }) => ["python", "go"].includes(name)))
  test(`the route guide runs in ${language.name}, unchanged`, async (t) => {
    await routeGuide(t, await Service.start(t), language);
  });

for (const language of languages.filter(({ name }) => name === "python")) {
  const worker = workerOf(language);
  const caller = clients.find(({ name }) => name === "go") ?? player;
  test(`${caller.name} calls ${worker.name} while its worker is killed and comes back`, async (t) => {
    const service = await Service.start(t);
    const running = await worker.start(t, service);
    await killed({ t, service, worker, running, client: caller });
  });

  test(`the route guide's ${language.name} server runs behind the bridge, unchanged`, async (t) => {
    await routeGuideBehindBridge(t, await Service.start(t), language);
  });

  test(`grpcurl and buf generate know a service that a ${worker.name} worker brought`, async (t) => {
    await tools(t, await Service.start(t), worker);
  });
}

test("a call waits for the first worker after a restart", async (t) => {
  await callBeforeWorker(t, await Service.start(t), player, workers[0]!);
});

after(() => {
  for (const marks of [clientMarks, workerMarks, pairMarks]) {
    console.log(`\n${marks.toString()}`);
    if (marks.gaps.length === 0 && !marks.isEmpty) continue;
    console.log(`not tried: ${marks.gaps.join(", ") || "anything"}`);
    process.exitCode = 1;
  }
});
