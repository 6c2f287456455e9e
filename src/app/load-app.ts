/** Apps and routers from files that export them. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { QueueTasks } from "../app.ts";
import { QTasksError } from "../core/errors.ts";
import type { Router } from "../routers/router.ts";
import type { QueueTasksOptions } from "./options.ts";

/**
 * The one app that the files export, or a new one, with the routers that they export. The options are laid over the
 * app's own, as by `app.configure`: a logger and an executor of its own stay. CONFIG_INVALID for a file that can't be
 * loaded or exports neither, and for a second app.
 */
export async function loadApp(
  files: readonly string[],
  options: QueueTasksOptions = {},
): Promise<QueueTasks> {
  const found: Exported[] = [];
  for (const file of files) found.push(...(await exportsOf(file)));
  const apps = new Set(found.map(({ value }) => value).filter(isApp));
  if (apps.size > 1) {
    const places = found.filter(({ value }) => isApp(value)).map(({ file }) => file);
    throw invalid(`more than one app is exported, by ${places.join(" and ")}: export routers`);
  }
  const [app = new QueueTasks(options)] = apps;
  if (apps.size === 1) app.configure(options);
  for (const router of outermost(found.map(({ value }) => value).filter(isRouter)))
    if (!app.router.includes(router)) app.includeRouter(router);
  return app;
}

interface Exported {
  readonly file: string;
  readonly value: QueueTasks | Router;
}

async function exportsOf(file: string): Promise<Exported[]> {
  const module = await load(file);
  const values = new Set(Object.values(module).filter((value) => isApp(value) || isRouter(value)));
  if (values.size === 0) throw invalid(`${file} exports neither an app nor a router`);
  return [...values].map((value) => ({ file, value }));
}

async function load(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof QTasksError) throw cause;
    throw new QTasksError("CONFIG_INVALID", `${file}: ${(cause as Error).message}`, { cause });
  }
}

/** A router that another one includes comes with that one. */
function outermost(routers: readonly Router[]): Router[] {
  return [...new Set(routers)].filter(
    (router) => !routers.some((other) => other !== router && other.includes(router)),
  );
}

// Not instanceof: the file may see another copy of this package than the program that loads it.
function isApp(value: unknown): value is QueueTasks {
  return kindOf(value) === "qtasks.app";
}

function isRouter(value: unknown): value is Router {
  return kindOf(value) === "qtasks.router";
}

function kindOf(value: unknown): unknown {
  return typeof value === "object" && value !== null
    ? (value as { kind?: unknown }).kind
    : undefined;
}

function invalid(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", message);
}
