/** The file with options, as JSON. */
import { readFileSync } from "node:fs";
import type { ConfigFaults } from "./faults.ts";
import { placeOfFault } from "./json-fault.ts";

/** Read from the current folder if it is there. */
export const CONFIG_FILE = "qtasks.config.json";

export interface ConfigFile {
  /** Undefined where no file was read. */
  readonly path: string | undefined;
  readonly values: Readonly<Record<string, unknown>>;
}

const NONE: ConfigFile = { path: undefined, values: {} };

/** `false`: none. Unset: {@link CONFIG_FILE}, if it is there. A file that can't be read is a fault, and has no values. */
export function readConfigFile(
  given: string | false | undefined,
  faults: ConfigFaults,
): ConfigFile {
  if (given === false) return NONE;
  const path = given || CONFIG_FILE;
  try {
    return { path, values: objectOf(readFileSync(path, "utf8")) };
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    const isMissing = error.code === "ENOENT" && path !== given;
    if (!isMissing) faults.add(`config file ${path}`, error.message);
    return NONE;
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("expected a JSON object");
  return value as Record<string, unknown>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(`expected JSON; what is at ${placeOfFault(text)} is none`);
  }
}
