/** Peers in other languages: installs what they need into `tmp/`, once, and says which can't be had here. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { runGo } from "../../support/go.ts";
import { peer, type PeerPrograms } from "../systems/peer.ts";
import type { System } from "../systems/system.ts";

/** Systems in other languages, by the names that results give them. */
export const FOREIGN_PEERS = [
  "celery-prefork",
  "celery-threads",
  "qtasks-python",
  "asynq",
] as const;
export type ForeignPeer = (typeof FOREIGN_PEERS)[number];

/** Those that can be measured here, and why the others can't. */
export interface FoundPeers {
  readonly systems: readonly System[];
  readonly missing: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, "../../..");
const PYTHON = join(import.meta.dirname, "python");
const GO = join(import.meta.dirname, "go");
const VENV = join(ROOT, "tmp/bench/python");
const ASYNQ = join(ROOT, "tmp/bench/asynq-bench");
const PYTHON_ENV = { PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" };
const CELERY_THREADS = 10;

const run = promisify(execFile);

/** Finds or installs the peers that are asked for. */
export async function findPeers(names: readonly ForeignPeer[]): Promise<FoundPeers> {
  const systems: System[] = [];
  const missing: Record<string, string> = {};
  for (const name of names)
    try {
      systems.push(peer(name, await PROGRAMS[name]()));
    } catch (error) {
      missing[name] = String(error).split("\n", 1)[0]!;
    }
  return { systems, missing };
}

const PROGRAMS: Readonly<Record<ForeignPeer, () => Promise<PeerPrograms>>> = {
  "celery-prefork": () => celery("prefork", cpus().length),
  "celery-threads": () => celery("threads", CELERY_THREADS),
  async "qtasks-python"() {
    await installPython();
    return { load: python("qtasks_load.py"), worker: python("qtasks_app.py") };
  },
  async asynq() {
    await runGo(["build", "-o", ASYNQ, "."], { cwd: GO, env: { GOFLAGS: "" } });
    const program = (mode: string) => ({ command: ASYNQ, args: [mode] });
    return { load: program("load"), worker: program("worker") };
  },
};

async function celery(pool: string, concurrency: number): Promise<PeerPrograms> {
  await installPython();
  const quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=error"];
  const size = [`--pool=${pool}`, `--concurrency=${concurrency}`];
  return {
    load: python("celery_load.py"),
    worker: python("-m", "celery", "-A", "celery_app", "worker", ...size, ...quiet),
  };
}

function python(...args: readonly string[]) {
  return { command: join(VENV, "bin/python"), args, env: PYTHON_ENV, cwd: PYTHON };
}

async function installPython(): Promise<void> {
  const done = join(VENV, "bin/celery");
  if (existsSync(done)) return;
  await run("python3", ["-m", "venv", VENV]);
  const requirements = join(PYTHON, "requirements.txt");
  await run(join(VENV, "bin/python"), ["-m", "pip", "install", "--quiet", "-r", requirements]);
}
