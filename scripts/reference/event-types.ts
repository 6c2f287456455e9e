/** Interfaces as their sources declare them: fields with types and doc comments. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface EventField {
  readonly name: string;
  readonly type: string;
  /** Its doc comment on one line; empty where it has none. */
  readonly about: string;
}

export interface EventType {
  readonly name: string;
  /** Below the checkout. */
  readonly file: string;
  readonly about: string;
  /** Those that it extends come first. */
  readonly fields: readonly EventField[];
}

const COMMENT = String.raw`(?:/\*\*((?:(?!\*/)[\s\S])*)\*/\s*)?`;
const FIELD = new RegExp(`^  ${COMMENT}readonly (\\w+\\??): ([^;]+);`, "gm");
const SOURCES = "src/{app,core,pipeline,plugins,server,worker}/*.ts";

/** The interfaces of these names. Throws where one is not declared in what hooks can be given. */
export function readEventTypes(root: string, names: readonly string[]): EventType[] {
  const sources = globSync(SOURCES, { cwd: root }).map((file) => ({
    file,
    text: readFileSync(join(root, file), "utf8"),
  }));
  return names.map((name) => typeOf(name, sources));
}

interface Source {
  readonly file: string;
  readonly text: string;
}

function typeOf(name: string, sources: readonly Source[]): EventType {
  const declaration = new RegExp(
    `^${COMMENT}export interface ${name}(?: extends (\\w+))? \\{\\n([\\s\\S]*?)^\\}`,
    "m",
  );
  for (const { file, text } of sources) {
    const [found, about, base, body = ""] = declaration.exec(text) ?? [];
    if (found === undefined) continue;
    const inherited = base === undefined ? [] : typeOf(base, sources).fields;
    return { name, file, about: oneLine(about), fields: [...inherited, ...fieldsOf(body)] };
  }
  throw new Error(`no source declares the interface ${name}, which a point names as its event`);
}

function fieldsOf(body: string): EventField[] {
  return [...body.matchAll(FIELD)].map(([, about, name = "", type = ""]) => ({
    name,
    type: type.replaceAll(/\s+/g, " "),
    about: oneLine(about),
  }));
}

/** A doc comment without its stars; links become their names. */
function oneLine(comment = ""): string {
  return comment
    .replaceAll(/^\s*\* ?/gm, " ")
    .replaceAll(/\{@link ([^}]+)\}/g, "`$1`")
    .replaceAll(/\s+/g, " ")
    .trim();
}
