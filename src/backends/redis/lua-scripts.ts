/** Reads the Lua files: puts in what they include, once each, and the constants that they name. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { luaConstants } from "./lua-constants.ts";

/** The operations, one file each in `lua/`. */
const NAMES = [
  "create",
  "write",
  "renew",
  "remove",
  "purge",
  "hand-out",
  "overdue",
  "events",
  "index-page",
  "read-page",
  "queue-stats",
  "intents",
  "drop-intents",
  "get-documents",
  "list-documents",
  "put-documents",
  "remove-documents",
  "broker-publish",
  "broker-take",
  "broker-settle",
  "broker-defer",
  "broker-epoch",
] as const;

export type ScriptName = (typeof NAMES)[number];

export interface LuaScript {
  readonly source: string;
  /** SHA-1 of the source, as EVALSHA takes it. */
  readonly sha: string;
}

export type LuaScripts = Readonly<Record<ScriptName, LuaScript>>;

const FOLDER = new URL("./lua/", import.meta.url);
const INCLUDE = /^--- @include ([\w-]+)$/gm;
const COMMENT = /^\s*--.*\n/gm;

/** All operations, ready to send. Throws where a file names an include or a constant that is not there. */
export function loadScripts(): LuaScripts {
  const constants = luaConstants();
  const scripts = NAMES.map((name) => {
    const text = resolveIncludes(readFileSync(new URL(`${name}.lua`, FOLDER), "utf8"), new Set());
    const source = renderConstants(name, text.replace(COMMENT, ""), constants);
    return [name, { source, sha: createHash("sha1").update(source).digest("hex") }];
  });
  return Object.fromEntries(scripts) as LuaScripts;
}

function resolveIncludes(text: string, included: Set<string>): string {
  return text.replace(INCLUDE, (_line, name: string) => {
    if (included.has(name)) return "";
    included.add(name);
    const part = readFileSync(new URL(`includes/${name}.lua`, FOLDER), "utf8");
    return resolveIncludes(part, included).trimEnd();
  });
}

function renderConstants(
  script: string,
  text: string,
  constants: ReturnType<typeof luaConstants>,
): string {
  const tables = Object.keys(constants).join("|");
  return text.replace(
    new RegExp(`\\b(${tables})\\.(\\w+)`, "g"),
    (_all, table: string, name: string) => {
      const value = constants[table]?.[name];
      if (value === undefined) throw new Error(`${script}.lua: no constant ${table}.${name}`);
      return typeof value === "number" ? String(value) : quote(value);
    },
  );
}

/** A Lua string: every byte that is not plain ASCII as an escape. */
function quote(text: string): string {
  const escaped = [...Buffer.from(text)].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${String(byte).padStart(3, "0")}`,
  );
  return `"${escaped.join("")}"`;
}
