/** Datastores that are restarted, frozen, full or locked. */
import { DatabaseSync } from "node:sqlite";
import { freeze, hit } from "./processes.ts";
import type { Fault } from "./fault.ts";

const BACKEND = { affects: ["server", "backend"], outage: true } as const;

/** SIGKILL or SIGTERM, and back with its data. */
export const restartRedis: Fault = {
  name: "restart-redis",
  plan({ site, random }) {
    if (site.redis.length === 0) return undefined;
    const redis = random.pick(site.redis);
    const orderly = random.chance(0.3);
    return {
      ...BACKEND,
      target: redis.name,
      touches: [redis.name],
      lastsMs: random.whole(0, 4_000),
      begin: () => redis.end({ orderly }),
      mend: () => redis.start(),
    };
  },
};

/** SIGSTOP: it keeps its connections and answers nothing. */
export const freezeRedis: Fault = {
  name: "freeze-redis",
  plan({ site, random }) {
    if (site.redis.length === 0) return undefined;
    const redis = random.pick(site.redis);
    return {
      ...BACKEND,
      target: redis.name,
      touches: [redis.name],
      lastsMs: freeze(random),
      begin: () => redis.signal("SIGSTOP"),
      mend: () => redis.signal("SIGCONT"),
    };
  },
};

/** Not a byte more fits. */
export const fullDisk: Fault = {
  name: "full-disk",
  plan({ site, random }) {
    const { disk } = site;
    if (disk === undefined) return undefined;
    return {
      ...BACKEND,
      // What is there can be read still.
      outage: false,
      target: "disk",
      touches: ["disk", ...site.servers.map(({ name }) => name)],
      lastsMs: random.whole(300, 5_000),
      begin: () => disk.fill(),
      mend: () => disk.free(),
    };
  },
};

/** Another program has the file when the server comes back from a kill. */
export const lockedFile: Fault = {
  name: "locked-file",
  plan({ site, random }) {
    const server = site.servers.find(({ file }) => file !== undefined);
    if (server?.file === undefined) return undefined;
    const { file } = server;
    let lock: DatabaseSync | undefined;
    return {
      ...hit(site, server),
      affects: ["server", "backend"],
      touches: [server.name, "disk"],
      lastsMs: random.whole(300, 4_000),
      begin: async () => {
        await server.program.kill();
        lock = lockFile(file);
        server.program.run();
      },
      mend: async () => {
        lock?.close();
        await server.start();
      },
    };
  },
};

function lockFile(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  return db;
}
