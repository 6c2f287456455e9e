/** Holds the tree's imports against the rules: layers, packages, cycles. */
import { glob, readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join, posix } from "node:path";
import { findCycles } from "./cycles.ts";
import { readImports, type Import } from "./read-imports.ts";
import { mayImport, mayImportPackage, placeOf, type Place } from "./rules.ts";

interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
}

/** One line of text for each broken rule under `root`/src; an empty list when all hold. */
export async function checkImports(root: string): Promise<string[]> {
  const files = await readTree(root);
  const known = new Set(files.map((file) => file.path));
  const declared = await readDependencies(root);
  return [
    ...files.flatMap((file) => checkFile(file, known, declared)),
    ...findCycles(graphOf(files)).map((cycle) => `import cycle: ${cycle.join(" → ")}`),
  ];
}

async function readTree(root: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const path of glob("{src,gen}/**/*.ts", { cwd: root })) {
    files.push({ path, imports: readImports(await readFile(join(root, path), "utf8")) });
  }
  return files.toSorted((a, b) => a.path.localeCompare(b.path));
}

async function readDependencies(root: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(root, "package.json"), "utf8");
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(text) as {
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
  };
  return new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
}

function checkFile(
  file: SourceFile,
  known: ReadonlySet<string>,
  declared: ReadonlySet<string>,
): string[] {
  const place = placeOf(file.path);
  if (!place) return [`${file.path}: no rule covers this place (scripts/imports/rules.ts)`];
  return file.imports.flatMap((found) => {
    const problem = isRelative(found.specifier)
      ? checkRelative(file.path, place, found.specifier, known)
      : checkPackage(place, found.specifier, declared);
    return problem ? [`${file.path}:${found.line}: ${problem}`] : [];
  });
}

function checkRelative(
  path: string,
  place: Place,
  specifier: string,
  known: ReadonlySet<string>,
): string | undefined {
  const target = targetOf(path, specifier);
  const targetPlace = placeOf(target);
  if (!targetPlace) return `imports ${target}, which is not part of the service`;
  if (target.endsWith(".ts") && !known.has(target))
    return `imports ${target}, which does not exist`;
  if (mayImport(place, targetPlace)) return undefined;
  return `${describe(place)} must not import ${describe(targetPlace)} (${target})`;
}

function checkPackage(
  place: Place,
  specifier: string,
  declared: ReadonlySet<string>,
): string | undefined {
  const name = packageOf(specifier);
  if (!mayImportPackage(place, name)) return `${describe(place)} must not import ${name}`;
  if (isBuiltin(name) || declared.has(name)) return undefined;
  return `imports ${name}, which is not in package.json's dependencies`;
}

function isBuiltin(name: string): boolean {
  return name.startsWith("node:") || builtinModules.includes(name);
}

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

function graphOf(files: readonly SourceFile[]): Map<string, string[]> {
  return new Map(
    files.map(({ path, imports }) => [
      path,
      imports
        .filter((found) => isRelative(found.specifier))
        .map((i) => targetOf(path, i.specifier)),
    ]),
  );
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith(".");
}

function targetOf(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier);
}

function describe({ layer, backend }: Place): string {
  return backend ? `the ${backend} ${layer}` : layer;
}
