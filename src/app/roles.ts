/** What of an app runs in this process. */
import type { Config } from "../config/options.ts";
import { QTasksError } from "../core/errors.ts";

/** Parts to start; the connection to the tasks is there in any case. */
export interface Roles {
  /** The listeners. @default true, unless the app works for a server elsewhere */
  readonly server?: boolean | undefined;
  /** The worker that runs the app's handlers. @default true */
  readonly worker?: boolean | undefined;
}

/** CONFIG_INVALID where an app that works for a server elsewhere should be one itself. */
export function resolveRoles(roles: Roles, config: Config): Required<Roles> {
  const isRemote = config.server !== undefined;
  const { server = !isRemote, worker = true } = roles;
  if (!server || !isRemote) return { server, worker };
  throw new QTasksError(
    "CONFIG_INVALID",
    `server: this app works for the server at ${config.server}; it can't be a server as well`,
  );
}
