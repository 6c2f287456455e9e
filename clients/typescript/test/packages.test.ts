/** The packages as they are installed. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { startNode } from "../../../test/support/process.ts";
import { tempFolder } from "../../../test/support/temp.ts";
import { PACKAGES, ROOT, Server } from "./setup.ts";

const run = promisify(execFile);
const TOOLS = join(ROOT, "node_modules/.bin");
const BROWSER_LIBS = ["ES2024", "DOM", "DOM.Iterable", "DOM.AsyncIterable"];
/** A program of a stranger, with both packages installed. */
const project = tempFolder();

before(async () => {
  const tarballs = [await pack("node"), await pack("web")];
  await writeFile(join(project, "package.json"), '{ "type": "module", "private": true }');
  await npm(project, "install", ...tarballs, "@types/node", "@grpc/proto-loader");
  await generate();
});

test("they hold what they need of the sources, and nothing of the server", async () => {
  const node = await sourcesOf("client");
  const web = await sourcesOf("client-web");
  for (const file of [...node, ...web])
    assert.match(
      file,
      /^(?:gen|proto|clients\/typescript|src\/(?:client|core|worker|routers|starter|app))\//,
    );
  const app = node.filter((file) => file.startsWith("src/app/"));
  assert.deepEqual(namesOf(app), ["src/app/run-forever", "src/app/version"]);
  const starter = node.filter((file) => file.startsWith("src/starter/"));
  assert.deepEqual(namesOf(starter), ["src/starter/lifecycle"]);
  assert.deepEqual(
    web.filter((file) => /^src\/(?!client|core)/.test(file)),
    [],
  );
});

test("the web package has nothing that only Node has", async () => {
  const folder = join(project, "node_modules/@qtasks/client-web/dist");
  for (const file of await sourcesOf("client-web")) {
    if (!file.endsWith(".js")) continue;
    const code = (await readFile(join(folder, file), "utf8")).replace(
      /\/\*[\s\S]*?\*\/|\/\/.*/g,
      "",
    );
    assert.doesNotMatch(code, /\bBuffer\b|\bprocess\b|["']node:|grpc-js/, file);
  }
  const { metafile } = await build({
    stdin: { contents: 'import "@qtasks/client-web"', resolveDir: project },
    ignoreAnnotations: true,
    bundle: true,
    platform: "browser",
    logLevel: "silent",
    metafile: true,
    write: false,
  });
  assert.ok(Object.keys(metafile.inputs).length > 50);
});

test("the programs of their READMEs have no type errors, in Node and in a browser", async () => {
  const lib = ["ES2024", "ESNext.Disposable"];
  // The declarations of connect-es need the DOM's.
  await checkTypes("node", { types: ["node"], lib, skipLibCheck: true });
  await checkTypes("node", { types: ["node"], lib: [...lib, ...BROWSER_LIBS] });
  await checkTypes("web", { types: [], lib: BROWSER_LIBS });
});

test("the programs of the README of @qtasks/client run", async (t) => {
  const server = await Server.start(t);
  const [plain = "", typed = "", stub = ""] = await programsOf("node");
  assert.match(await runProgram("plain", plain), /^2$[^]*^3 division by zero$/m);
  assert.match(await runProgram("typed", typed), /^<[0-9a-f-]{36}@acme\.example>$/m);
  assert.ok(stub.includes("durableOptions"));

  async function runProgram(name: string, code: string): Promise<string> {
    const file = join(project, `${name}.ts`);
    const here = code
      .replaceAll("127.0.0.1:50051", server.grpc)
      .replace("new Worker()", `new Worker({ address: "${server.grpc}" })`)
      .replace("connect()", `connect({ address: "${server.grpc}" })`);
    await writeFile(file, here);
    const { stdout, stderr, code: exit } = await startNode(t, [file]).finished;
    assert.equal(exit, 0, stderr);
    return stdout;
  }
});

/** The path of the tarball that `npm pack` makes; it builds first. */
async function pack(name: string): Promise<string> {
  const { stdout } = await npm(join(PACKAGES, name), "pack", "--pack-destination", project);
  return join(project, stdout.trim().split("\n").at(-1)!);
}

function npm(cwd: string, ...args: readonly string[]) {
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  return run("npm", [...args, ...quiet], { cwd });
}

/** Code of the mail example, as the README says: over the packages' own code of the contracts. */
async function generate(): Promise<void> {
  const template = {
    version: "v2",
    inputs: [{ directory: join(ROOT, "examples/mail") }],
    plugins: [
      {
        local: join(TOOLS, "protoc-gen-es"),
        out: join(project, "gen"),
        opt: ["target=js+dts", "rewrite_imports=./qtasksapi/**/*_pb.js:@qtasks/client/gen"],
      },
    ],
  };
  const args = ["generate", "--template", JSON.stringify(template)];
  await run(join(TOOLS, "buf"), args, { cwd: ROOT });
}

/** Paths of the files below `dist`. */
async function sourcesOf(name: string): Promise<string[]> {
  const folder = join(project, "node_modules/@qtasks", name, "dist");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function namesOf(files: readonly string[]): string[] {
  return [...new Set(files.map((file) => file.replace(/(?:\.d)?\.[jt]s$/, "")))].toSorted();
}

async function programsOf(name: string): Promise<string[]> {
  const text = await readFile(join(PACKAGES, name, "README.md"), "utf8");
  return [...text.matchAll(/^```ts(?: [^\n]*)?\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
}

async function checkTypes(name: string, compilerOptions: object): Promise<void> {
  const folder = join(project, `types-${name}`);
  await mkdir(folder, { recursive: true });
  const programs = await programsOf(name);
  assert.ok(programs.length >= 2);
  for (const [at, code] of programs.entries()) {
    const text = code.replaceAll('"./gen/', '"../gen/');
    await writeFile(join(folder, `${at}.ts`), `${text}export {};\n`);
  }
  const options = { strict: true, noEmit: true, module: "NodeNext", target: "ES2024" };
  const config = { compilerOptions: { ...options, ...compilerOptions } };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await run(join(TOOLS, "tsc"), ["-p", folder]).catch((error: unknown) =>
    assert.fail((error as { readonly stdout?: string }).stdout),
  );
}
