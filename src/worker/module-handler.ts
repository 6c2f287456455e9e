/** Handlers that live in modules of their own, so that another thread can load them too. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { QTasksError } from "../core/errors.ts";
import { TaskError } from "./errors.ts";
import type { Handler } from "./handler.ts";

/** Where a handler is to be found. */
export interface HandlerModule {
  /** The module's URL. */
  readonly href: string;
  readonly exportName: string;
  /**
   * Makes the payload of what the handler returns or yields; runs where the worker is.
   * @default JSON, made where the handler runs
   */
  readonly encode?: ((value: unknown) => unknown) | undefined;
  /** In place of what the handler returns, where that does not count. */
  readonly result?: unknown;
}

// A registered symbol: known across copies of this package.
const MODULE = Symbol.for("qtasks.handlerModule");

type AnyHandler = (input: never, ...context: never) => unknown;
type Exported<M, K extends PropertyKey> = K extends keyof M
  ? M[K] extends AnyHandler
    ? M[K]
    : never
  : never;

/**
 * The handler that a module exports, with its types, to be given to `app.task` or for a method of `app.service`. The
 * module is imported when the first task comes, on the thread that runs it: by {@link threads} never on the main one.
 *
 * `url` is the module's, such as `new URL("./resize.ts", import.meta.url)`. Where only the other one of `.ts` and
 * `.js` is there, as after compiling, that is taken. CONFIG_INVALID for what is no file.
 */
export function moduleHandler<M>(url: URL | string): Exported<M, "default">;
export function moduleHandler<M, K extends keyof M & string>(
  url: URL | string,
  exportName: K,
): Exported<M, K>;
export function moduleHandler(url: URL | string, exportName = "default"): AnyHandler {
  const module = { href: existing(url), exportName };
  let loading: Promise<Handler> | undefined;
  let loaded: Handler | undefined;
  const load = async (): Promise<Handler> => {
    try {
      return (loaded = await loadHandler(module));
    } finally {
      loading = undefined;
    }
  };
  const handler: Handler = (input, context) =>
    loaded === undefined
      ? (loading ??= load()).then((found) => found(input, context) as Promise<unknown>)
      : loaded(input, context);
  return inModule(handler, module);
}

/** The same handler, known to be found in the module. */
export function inModule<H extends Handler<never>>(handler: H, module: HandlerModule): H {
  return Object.defineProperty(handler, MODULE, { value: Object.freeze(module) });
}

/** Where the handler is to be found; undefined for one that is no module's. */
export function moduleOf(handler: unknown): HandlerModule | undefined {
  return typeof handler === "function"
    ? (handler as { readonly [MODULE]?: HandlerModule })[MODULE]
    : undefined;
}

/** Imports the handler. A TaskError with the type `qtasks.HandlerNotLoaded` where that fails. */
export async function loadHandler({ href, exportName }: HandlerModule): Promise<Handler> {
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = (await import(href)) as typeof exports;
  } catch (cause) {
    throw notLoaded(`the handler's module ${href} can't be imported`, cause);
  }
  const found = exports[exportName];
  if (typeof found === "function") return found as Handler;
  const functions = Object.keys(exports).filter((name) => typeof exports[name] === "function");
  const others = functions.length === 0 ? "none at all" : functions.join(", ");
  throw notLoaded(`${href} has no function ${exportName}; it has ${others}`);
}

function notLoaded(message: string, cause?: unknown): TaskError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new TaskError(message + why, { type: "qtasks.HandlerNotLoaded", cause });
}

function existing(given: URL | string): string {
  const url = URL.parse(String(given));
  if (url?.protocol !== "file:")
    throw invalid("is to be a file's URL: new URL(path, import.meta.url)", given);
  const other = new URL(url);
  other.pathname = swapped(url.pathname);
  const found = [url, other].find((candidate) => existsSync(fileURLToPath(candidate)));
  if (found === undefined) throw invalid("is no file", given);
  return found.href;
}

/** `.ts` for `.js` and the other way round. */
function swapped(path: string): string {
  return path.replace(/\.([cm]?)([tj])s$/, (_, kind: string, script: string) =>
    script === "t" ? `.${kind}js` : `.${kind}ts`,
  );
}

function invalid(what: string, given: unknown): QTasksError {
  return new QTasksError("CONFIG_INVALID", `the module of a handler ${what}; got ${String(given)}`);
}
