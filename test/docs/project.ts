/** A project of a reader: the packages are installed, the checkout in place of those that it makes. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { tempFolder } from "../support/temp.ts";

/** The checkout. */
export const ROOT = join(import.meta.dirname, "../..");

/** A folder with `node_modules`, in which each document gets a folder of its own. */
export function makeProject(): string {
  const project = tempFolder();
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  linkAll(join(ROOT, "node_modules"), modules, [".bin", ".package-lock.json", "qtasks", "@qtasks"]);
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  install(project, "qtasks", exportsOf("package.json"));
  for (const [name, folder] of [
    ["@qtasks/client", "node"],
    ["@qtasks/client-web", "web"],
  ] as const)
    install(project, name, {
      ".": `./clients/typescript/${folder}/index.ts`,
      "./gen/*.js": "./gen/*.ts",
      "./gen/*.ts": "./gen/*.ts",
    });
  writeCli(join(modules, ".bin/qtasks"));
  return project;
}

/** The folder of a document, with the generated code and the protos that documents tell of. */
export function makeFolder(project: string, document: string): string {
  const folder = join(project, "documents", document.replaceAll("/", "-"));
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const mail = "acme/mail/v1";
  mkdirSync(join(folder, "gen", mail), { recursive: true });
  const generated = `export * from "${join(ROOT, "examples/mail/gen", mail, "mail_pb.ts")}";\n`;
  for (const name of ["mail_pb.ts", "mail_pb.js"])
    writeFileSync(join(folder, "gen", mail, name), generated);
  symlinkSync(join(ROOT, "examples/mail"), join(folder, "protos"));
  return folder;
}

/**
 * The package, outside of node_modules: Node strips no types inside. Its links lead to the checkout's files, so that
 * no build is needed.
 */
function install(project: string, name: string, exports: Readonly<Record<string, string>>): void {
  const home = join(project, "packages", name);
  mkdirSync(join(home, "dist"), { recursive: true });
  for (const folder of ["src", "gen", "proto", "clients", "bin"])
    symlinkSync(join(ROOT, folder), join(home, folder));
  symlinkSync(join(ROOT, "proto"), join(home, "dist/proto"));
  writeFileSync(join(home, "package.json"), JSON.stringify({ name, type: "module", exports }));
  const link = join(project, "node_modules", name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(home, link);
}

/** What the package exports, as sources instead of what is compiled of them. */
function exportsOf(manifest: string): Record<string, string> {
  const { exports } = JSON.parse(readFileSync(join(ROOT, manifest), "utf8")) as {
    readonly exports: Readonly<Record<string, string>>;
  };
  const sources = Object.entries(exports).map(([entry, target]) => [
    entry,
    target.replace("./dist/", "./").replace(/\.js$/, ".ts"),
  ]);
  return { ...(Object.fromEntries(sources) as Record<string, string>), "./gen/*.js": "./gen/*.ts" };
}

function linkAll(from: string, to: string, except: readonly string[]): void {
  for (const name of readdirSync(from))
    if (!except.includes(name)) symlinkSync(join(from, name), join(to, name));
}

/** `qtasks`, which calls the document's server where nothing else is said. */
function writeCli(path: string): void {
  const cli = join(ROOT, "bin/qtasks.js");
  writeFileSync(
    path,
    `#!/bin/sh\nexport QTASKS_SERVER="\${QTASKS_SERVER:-$DOCUMENT_SERVER}"\nexec "${process.execPath}" "${cli}" "$@"\n`,
  );
  chmodSync(path, 0o755);
}
