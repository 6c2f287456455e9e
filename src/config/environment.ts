/** Variables that look like ours and are not. The environment is shared with others, so they are no faults. */
import { OPTIONS, variableOf, type OptionName } from "./options.ts";
import { nearest } from "../core/nearest.ts";

/** Values by the names of their variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "QTASKS_";

const OURS: readonly string[] = [
  "QTASKS_CONFIG",
  ...(Object.keys(OPTIONS) as OptionName[]).map(variableOf),
];

/** The address for programs in other languages; where clients' generators keep their tools. */
const OTHERS: readonly string[] = ["QTASKS_ADDRESS", "QTASKS_PYTHON_TOOLS", "QTASKS_RUST_PLUGINS"];

// Kubernetes and container links tell of a service called qtasks, or qtasks-something, in each container beside it.
const ORCHESTRATED = /^QTASKS_(\w+_)?(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/;
const LINKED = /^QTASKS_(\w+_)?PORT$/;

/** A sentence for each `QTASKS_*` variable that nothing reads, with the name that may have been meant. */
export function unknownVariables(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !isKnown(name, env[name]))
    .map((name) => `${name} is no variable of QTasks and has no effect${hint(name)}`);
}

/** The prefix, which all have, makes no two names alike. */
function hint(name: string): string {
  const meant = nearest(withoutPrefix(name), OURS.map(withoutPrefix));
  return meant === undefined ? "" : `; did you mean ${PREFIX}${meant}?`;
}

function withoutPrefix(name: string): string {
  return name.slice(PREFIX.length);
}

function isKnown(name: string, value = ""): boolean {
  if (value === "" || OURS.includes(name) || OTHERS.includes(name)) return true;
  return ORCHESTRATED.test(name) || (LINKED.test(name) && /^(tcp|udp|sctp):\/\//.test(value));
}
