/** The TypeScript program of clients/conformance: `worker`, `client NAME`, `browser NAME`, `bench COUNT`. */

const USAGE = "usage: main.ts worker | client NAME | browser NAME | bench COUNT\n";

const [verb, argument, ...rest] = process.argv.slice(2);

try {
  await run();
} catch (error) {
  process.stderr.write(`${[verb, argument].join(" ")}: ${String(error)}\n`);
  process.exitCode = 1;
}

// Each verb loads what it needs: a worker needs no browser.
async function run(): Promise<void> {
  if (verb === "worker" && argument === undefined) return (await import("./worker.ts")).runWorker();
  if (argument === undefined || rest.length > 0) return refuse();
  if (verb === "client") return print(argument, (await import("./client.ts")).play(argument));
  if (verb === "browser") return print(argument, playInBrowser(argument));
  if (verb !== "bench") return refuse();
  await print(undefined, (await import("./bench.ts")).bench(argument));
}

async function playInBrowser(name: string): Promise<object> {
  const { delayMs, httpUrl } = await import("./settings.ts");
  const { openPlayer } = await import("./browser.ts");
  const player = await openPlayer(httpUrl());
  try {
    return await player.play(name, name === "wait" ? delayMs() : undefined);
  } finally {
    await player.close();
  }
}

async function print(scenario: string | undefined, facts: Promise<object>): Promise<void> {
  process.stdout.write(`${JSON.stringify({ scenario, ...(await facts) })}\n`);
}

function refuse(): void {
  process.stderr.write(USAGE);
  process.exitCode = 1;
}
