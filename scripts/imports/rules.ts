/** Who may import what under src/: the layers, and for each the layers that it may know. */

/**
 * A part of the tree. `contract` files say what a component does, `implementation`s of one backend do it; the other
 * layers are named after their folder or file.
 */
export type Layer =
  | "gen"
  | "core"
  | "contract"
  | "implementation"
  | "pipeline"
  | "worker"
  | "bridge"
  | "server"
  | "client"
  | "cli"
  | "config"
  | "starter"
  | "routers"
  | "plugins"
  | "app"
  | "index"
  | "testing";

/** A file's place: its layer and, for an implementation, the backend that it belongs to. */
export interface Place {
  readonly layer: Layer;
  readonly backend?: string;
}

// A layer may always import itself, an implementation only what has its own backend's name.
const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[]>> = {
  gen: [],
  core: ["gen"],
  contract: ["core", "gen"],
  implementation: ["contract", "core", "gen"],
  config: ["contract", "core", "gen"],
  starter: ["core"],
  pipeline: ["contract", "core", "gen"],
  worker: ["contract", "core", "gen", "starter"],
  bridge: ["worker", "client", "core", "gen"],
  plugins: [
    "contract",
    "config",
    "starter",
    "pipeline",
    "worker",
    "server",
    "client",
    "core",
    "gen",
  ],
  routers: ["worker", "client", "core", "gen"],
  server: ["pipeline", "core", "gen"],
  client: ["core", "gen"],
  app: [
    "implementation",
    "contract",
    "config",
    "starter",
    "pipeline",
    "worker",
    "plugins",
    "routers",
    "server",
    "client",
    "core",
    "gen",
  ],
  cli: ["app", "bridge", "client", "config", "gen"],
  index: [
    "app",
    "routers",
    "plugins",
    "pipeline",
    "server",
    "worker",
    "client",
    "contract",
    "core",
    "gen",
    "config",
    "starter",
  ],
  testing: [
    "index",
    "app",
    "implementation",
    "contract",
    "pipeline",
    "worker",
    "routers",
    "client",
    "core",
    "gen",
  ],
};

// A datastore's driver belongs to its own implementations: no type of it may reach a contract.
const DRIVERS: Readonly<Record<string, string>> = { ioredis: "redis", "node:sqlite": "sqlite" };

const CONTRACT_FOLDERS = ["storage", "broker"];
const FOLDERS = ["backends", ...CONTRACT_FOLDERS];

/** Where a file stands, from its path below the checkout; undefined where no rule covers it. */
export function placeOf(path: string): Place | undefined {
  const [top, first = "", ...rest] = path.split("/");
  if (top === "gen") return { layer: "gen" };
  if (top !== "src") return undefined;
  if (rest.length === 0) return placeOfFile(first);
  if (FOLDERS.includes(first)) return placeOfBackend(first, rest);
  return isFolderLayer(first) ? { layer: first } : undefined;
}

function placeOfFile(file: string): Place | undefined {
  if (file === "app.ts") return { layer: "app" };
  return file === "index.ts" ? { layer: "index" } : undefined;
}

function placeOfBackend(folder: string, rest: readonly string[]): Place | undefined {
  const [backend = "", ...inner] = rest;
  if (inner.length > 0) return { layer: "implementation", backend };
  return CONTRACT_FOLDERS.includes(folder) ? { layer: "contract" } : undefined;
}

function isFolderLayer(folder: string): folder is Layer {
  return (
    Object.hasOwn(MAY_IMPORT, folder) &&
    !["gen", "contract", "implementation", "index"].includes(folder)
  );
}

/** Whether a file of one place may import a file of another. */
export function mayImport(from: Place, to: Place): boolean {
  if (from.layer === to.layer) return from.backend === to.backend;
  return MAY_IMPORT[from.layer].includes(to.layer);
}

/** Whether a file may import a package or one of Node's modules, going by its name. */
export function mayImportPackage(from: Place, name: string): boolean {
  const backend = DRIVERS[name];
  return backend === undefined || backend === from.backend;
}
