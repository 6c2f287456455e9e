/** What the figures were measured on and with. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { DatabaseSync } from "node:sqlite";

/** The machine, and the versions of what runs on it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  /** Runnable processes over the last minute, before the run: on a quiet machine well under 1. */
  readonly loadBefore: number;
  /** By name. */
  readonly versions: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, "../../..");
const PACKAGES = ["@grpc/grpc-js", "@bufbuild/protobuf", "bullmq", "ioredis"] as const;

/** Reads it off this machine. `commit` is that of the checkout. */
export function readMachine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    loadBefore: loadavg()[0]!,
    versions: {
      qtasks: `${packageVersion("../../../package.json")} (${commit()})`,
      node: process.versions.node,
      v8: process.versions.v8,
      redis: redisVersion(),
      sqlite: sqliteVersion(),
      ...Object.fromEntries(PACKAGES.map((name) => [name, dependencyVersion(name)])),
    },
  };
}

function packageVersion(path: string): string {
  const text = readFileSync(new URL(path, import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function dependencyVersion(name: string): string {
  return packageVersion(`../../../node_modules/${name}/package.json`);
}

function redisVersion(): string {
  return /v=(\S+)/.exec(output("redis-server", "--version"))?.[1] ?? "unknown";
}

function sqliteVersion(): string {
  const database = new DatabaseSync(":memory:");
  const row = database.prepare("SELECT sqlite_version() AS version").get();
  database.close();
  return String(row?.["version"]);
}

function commit(): string {
  const hash = output("git", "rev-parse", "--short", "HEAD").trim();
  const changed = output("git", "status", "--porcelain", "--", "src", "gen", "bin").trim();
  return changed === "" ? hash : `${hash} with changes`;
}

/** Empty where there is no such command. */
function output(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: "utf8", cwd: ROOT }).stdout ?? "";
}
