/** What of an app runs in this process. */
import { unexpected } from "../core/shown.ts";
import type { Config } from "../config/options.ts";
import { QTasksError } from "../core/errors.ts";
import { throwConfigFaults, unknownOptions, type NamesOf } from "../core/known-options.ts";

/** Parts to start; the connection to the tasks is there in any case. */
export interface Roles {
  /** The listeners. @default true, unless the app works for a server elsewhere */
  readonly server?: boolean | undefined;
  /** The worker that runs the app's handlers. @default true */
  readonly worker?: boolean | undefined;
}

const ROLES: NamesOf<Roles> = { server: true, worker: true };

/** CONFIG_INVALID for a role that there is not, and where an app that works for a server elsewhere should be one itself. */
export function resolveRoles(roles: Roles, config: Config): Required<Roles> {
  checkRoles(roles);
  const isRemote = config.server !== undefined;
  const { server = !isRemote, worker = true } = roles;
  if (!server || !isRemote) return { server, worker };
  throw new QTasksError(
    "CONFIG_INVALID",
    `server: this app works for the server at ${config.server}; it can't be a server as well`,
  );
}

/** CONFIG_INVALID where an app that runs is asked for other roles. Those that are left out are the ones that it has. */
export function checkSameRoles(asked: Roles, running: Required<Roles>): void {
  for (const role of ["server", "worker"] as const) {
    if (asked[role] === undefined || asked[role] === running[role]) continue;
    const state = running[role] ? "with" : "without";
    throw new QTasksError(
      "CONFIG_INVALID",
      `${role}: the app runs ${state} its ${role}: stop it before it is started with other roles`,
    );
  }
}

/** A role that is misspelt would be taken for its default, and open the listeners. */
function checkRoles(roles: Roles): void {
  const unknown = unknownOptions(roles, ROLES);
  const wrong = Object.entries(Object(roles) as object)
    .filter(([name, value]) => Object.hasOwn(ROLES, name) && !isRole(value))
    .map(([field, value]) => unexpected(field, "true or false", value));
  throwConfigFaults("roles", [...unknown, ...wrong]);
}

function isRole(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}
