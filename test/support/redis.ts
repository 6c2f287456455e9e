/** Real Redis servers for tests. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { requireProgram } from "./debian.ts";
import { reapProcess } from "./reaper.ts";
import { tempFolder } from "./temp.ts";

/** What kind of Redis to start; all optional. */
export interface RedisOptions {
  /** Whether every write is in a file before it is answered, so that `kill()` loses none. Default false. */
  readonly appendonly?: boolean;
  /** The port on 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** More of redis-server's own arguments, such as `["--maxmemory", "10mb"]`. */
  readonly args?: readonly string[];
  /** Where the data lies. Default: a temporary folder. Give the same folder again to start on what is there. */
  readonly dir?: string;
}

/** A redis-server that this process started. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  readonly pid: number;
  /** Ends it in order (SIGTERM) and waits until it is gone. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL) and waits until it is gone. */
  kill(): Promise<void>;
}

const REDIS = { command: "redis-server", debianPackage: "redis-server", variable: "REDIS_URL" };
const START_ATTEMPTS = 5;

// One server for each test process; tests keep apart by key prefixes.
let shared: Promise<RedisServer> | undefined;

/** The URL of a Redis for this test process: `REDIS_URL`, else one that is started here and ends with the process. */
export async function redisUrl(): Promise<string> {
  const given = process.env["REDIS_URL"];
  if (given) return given;
  shared ??= startRedis();
  return (await shared).url;
}

/** A key prefix of its own for a test. */
export function randomPrefix(): string {
  return `test-${randomUUID().slice(0, 13)}`;
}

/** Starts a redis-server on 127.0.0.1 and waits until it answers. It dies with this process at the latest. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const program = await requireProgram(REDIS);
  const dir = options.dir ?? tempFolder();
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const child = spawn(program, serverArgs(port, dir, options), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    reapProcess(child);
    const failure = await untilReady(child);
    if (failure === undefined) return handle(child, port, dir);
    // Someone else may have taken the free port in between.
    const taken = failure.includes("Address already in use") && options.port === undefined;
    if (!taken || attempt === START_ATTEMPTS) {
      throw new Error(`redis-server did not start:\n${failure}`);
    }
  }
}

function serverArgs(port: number, dir: string, options: RedisOptions): string[] {
  const mode = options.appendonly === true ? "yes" : "no";
  // "everysec" may hold a write back for two seconds while an fsync is under way.
  const persistence = ["--save", "", "--appendonly", mode, "--appendfsync", "always"];
  return [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    dir,
    ...persistence,
    ...(options.args ?? []),
  ];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Resolves with nothing when the server is ready, or with what it printed when it ended instead. */
function untilReady(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-10_000);
      if (output.includes("Ready to accept connections")) resolve(undefined);
    });
    child.once("error", reject);
    child.once("close", () => resolve(output));
  });
}

function handle(child: ChildProcess, port: number, dir: string): RedisServer {
  const gone = once(child, "exit");
  // A test process that is done exits without stopping its servers; the reaper ends them.
  child.unref();
  (child.stdout as Socket).unref();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    child.kill(signal);
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    pid: child.pid ?? 0,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}
