/** The datastores of a site that can be broken: a Redis that is restarted, a disk that is full. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { startRedis, type RedisServer } from "../../support/redis.ts";
import { claimPort } from "../net/ports.ts";
import type { Place } from "../net/proxy.ts";

/** A Redis of the site's own, with every write on the disk before its answer. */
export class OwnRedis {
  readonly name: string;
  #server: RedisServer | undefined;
  #port = 0;
  #dir: string | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get place(): Place {
    return { host: "127.0.0.1", port: this.#port };
  }

  /** Starts it, after its end with the data that it had. */
  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await claimPort();
    const options = { appendonly: true, port: this.#port };
    const again = this.#dir === undefined ? options : { ...options, dir: this.#dir };
    this.#server = await startRedis(again);
    this.#dir = this.#server.dir;
  }

  /** Ends it by SIGKILL, or by SIGTERM where `orderly`. */
  async end({ orderly = false }: { readonly orderly?: boolean } = {}): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await (orderly ? server?.stop() : server?.kill());
  }

  /** SIGSTOP freezes it, SIGCONT thaws it. */
  signal(signal: NodeJS.Signals): void {
    if (this.#server !== undefined) process.kill(this.#server.pid, signal);
  }
}

const ROOM = "size=1g";
/** How often a disk is to be filled before that counts as failed. */
const MAX_FILLS = 100;

/** A disk in memory, where this process may mount one, so that it can be full. */
export class Disk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Undefined where mounting is not allowed: not root, or a container that forbids it. */
  static mount(parent: string): Disk | undefined {
    if (process.getuid?.() !== 0 || process.platform !== "linux") return undefined;
    const folder = join(parent, "disk");
    mkdirSync(folder);
    try {
      run("mount", "-t", "tmpfs", "-o", ROOM, "qtasks-faults", folder);
    } catch {
      return undefined;
    }
    unmountAfterUs(folder);
    return new Disk(folder);
  }

  /** Leaves no room beyond what is used. */
  fill(): void {
    for (let tries = 1; ; tries++) {
      try {
        return run("mount", "-o", `remount,nr_blocks=${this.#usedBlocks()}`, this.folder);
      } catch (error) {
        // The server goes on writing: more than was counted may be used by now, which the mount refuses.
        if (tries === MAX_FILLS) throw error;
      }
    }
  }

  /** Gives the room back. */
  free(): void {
    run("mount", "-o", `remount,${ROOM}`, this.folder);
  }

  #usedBlocks(): number {
    const table = execFileSync("df", ["--output=used", "--block-size=4096", this.folder], {
      encoding: "utf8",
    });
    return Math.max(1, Number(table.split("\n")[1]));
  }

  unmount(): void {
    run("umount", "--lazy", this.folder);
  }
}

/** However this process ends, by SIGKILL too: its end closes the stdin of the one that waits. */
function unmountAfterUs(folder: string): void {
  const script = 'cat >/dev/null; mountpoint -q "$1" && umount --lazy "$1"';
  const keeper = spawn("sh", ["-c", script, "sh", folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  keeper.unref();
  (keeper.stdin as Socket).unref();
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: "ignore" });
}
