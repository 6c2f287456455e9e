/** Paths of the server's own pages: nobody else may serve there. */
import { QTasksError } from "../../core/errors.ts";
import type { Route } from "../hooks.ts";

const PROBES = ["/livez", "/readyz"];

/** Where schema images are, of everything or of one service. */
export function isSchemaPath(path: string): boolean {
  return path === "/schema.binpb" || path.startsWith("/schema/");
}

/** CONFIG_INVALID naming the first route that a page of the server's own would hide. */
export function refuseReserved(routes: readonly Route[]): void {
  const hidden = routes.find(({ path }) => PROBES.includes(path) || isSchemaPath(path));
  if (hidden === undefined) return;
  const { path } = hidden;
  const message = `the route ${path} is taken by a page of the server's own: choose another path`;
  throw new QTasksError("CONFIG_INVALID", message, { metadata: { path } });
}
