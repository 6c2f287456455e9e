/**
 * A program that uses all of the package, and prints what that changed in the process: properties of globals, of built-in
 * classes and of Node's modules, and listeners of the process.
 */
import { readdirSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { join } from "node:path";

const SRC = join(import.meta.dirname, "../../src");
const require = createRequire(import.meta.url);

/** Of the process and of modules: state that changes as they are used, by Node's own doing. */
const PRIVATE = /^_|^(stdin|stdout|stderr|env)$/;
/** Ask for a file or print a warning when they are read. */
const UNTOUCHED = new Set(["localStorage", "sessionStorage"]);
const SKIPPED_MODULES = /^_|^(domain|internal|sys|punycode|inspector|trace_events|wasi|test|repl)/;

/** A global or a module, a class in it, its prototype. */
const DEPTH = 2;

type Descriptors = Map<PropertyKey, PropertyDescriptor>;
type Snapshot = Map<object, { readonly name: string; readonly own: Descriptors }>;

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

function isStateful(object: object): boolean {
  return object === process || object === require("node:module");
}

function descriptorsOf(object: object): Descriptors {
  const own: Descriptors = new Map();
  for (const key of Reflect.ownKeys(object)) {
    if (isStateful(object) && PRIVATE.test(String(key))) continue;
    own.set(key, Reflect.getOwnPropertyDescriptor(object, key)!);
  }
  return own;
}

/** Lazy ones become plain properties when they are first read: that is Node's own doing. */
function readAll(object: object): void {
  for (const key of Reflect.ownKeys(object)) {
    if (UNTOUCHED.has(String(key))) continue;
    void Reflect.get(object, key);
  }
}

/** The object, what it has, and the prototypes of the classes among that. */
function add(snapshot: Snapshot, name: string, object: object, depth: number): void {
  if (snapshot.has(object)) return;
  if (depth === DEPTH) readAll(object);
  snapshot.set(object, { name, own: descriptorsOf(object) });
  if (depth === 0) return;
  for (const [key, { value }] of descriptorsOf(object))
    if (isObject(value)) add(snapshot, `${name}.${String(key)}`, value, depth - 1);
}

function takeSnapshot(): Snapshot {
  const snapshot: Snapshot = new Map();
  add(snapshot, "globalThis", globalThis, DEPTH);
  add(snapshot, "process", process, 0);
  for (const name of builtinModules.filter((each) => !SKIPPED_MODULES.test(each)))
    add(snapshot, name, require(name) as object, DEPTH);
  return snapshot;
}

function changesSince(snapshot: Snapshot): string[] {
  return [...snapshot].flatMap(([object, { name, own }]) => {
    const now = descriptorsOf(object);
    return [...new Set([...own.keys(), ...now.keys()])]
      .filter((key) => !isSame(own.get(key), now.get(key)))
      .map((key) => `${name}.${String(key)}`);
  });
}

function isSame(one: PropertyDescriptor | undefined, other: PropertyDescriptor | undefined) {
  if (one === undefined || other === undefined) return one === other;
  const keys = ["value", "get", "set", "writable", "enumerable", "configurable"] as const;
  return keys.every((key) => Object.is(one[key], other[key]));
}

const listeners = (): string[] =>
  process.eventNames().flatMap((event) => {
    const count = process.listenerCount(event);
    return Array.from({ length: count }, () => String(event));
  });

/** Those that were not there before. */
function listenersSince(before: readonly string[]): string[] {
  const left = [...before];
  return listeners().filter((event) => {
    const at = left.indexOf(event);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const before = takeSnapshot();
const listenersBefore = listeners();

const { pino } = await import("pino");
const { QueueTasks, connect } = await import("../../src/index.ts");
await import("../../src/client/index.ts");
for (const plugin of readdirSync(join(SRC, "plugins"), { withFileTypes: true }))
  if (
    plugin.isDirectory() &&
    readdirSync(join(plugin.parentPath, plugin.name)).includes("index.ts")
  )
    await import(join(plugin.parentPath, plugin.name, "index.ts"));

const lines: string[] = [];
const logger = pino({}, { write: (line: string) => void lines.push(line) });
const options = { env: {}, configFile: false, grpc: "127.0.0.1:0", http: "127.0.0.1:0" } as const;
const app = new QueueTasks({ ...options, url: "memory:", logger });
const task = app.task("t", (n: number) => n + 1);
await app.start();
const client = connect({ address: app.grpcAddress! });
if ((await client.run("t", await task.run(1))) !== 3) throw new Error("the task did not run");
client.close();
const listenersWhileItRuns = listenersSince(listenersBefore);
await app.stop();

// The same app, by the one function that touches signals.
const running = app.runForever();
while (app.grpcAddress === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
const signalsInRunForever = listenersSince(listenersBefore).toSorted();
process.emit("SIGTERM", "SIGTERM");
await running;

console.log(
  JSON.stringify({
    changed: changesSince(before),
    listenersWhileItRuns,
    signalsInRunForever,
    listenersAfter: listenersSince(listenersBefore),
  }),
);
