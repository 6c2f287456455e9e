/** The languages with a client: how each is built, tested and run. */
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** Where builds go; git ignores it. */
export const BUILD = join(ROOT, "node_modules/.cache/qtasks-clients");

// Where their installers put toolchains that no shell has on its PATH yet.
const USUAL_PLACES = ["/usr/local/go/bin", join(homedir(), ".cargo/bin")];
process.env["PATH"] = [process.env["PATH"], ...USUAL_PLACES].join(delimiter);

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** Relative to the checkout. @default "." */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Language {
  readonly name: string;
  /** Fails where the toolchain is missing. */
  readonly probe: Command;
  /** What to do where it is. */
  readonly install: string;
  /** In order. */
  readonly build: readonly Command[];
  /** Makes its generated code anew; none where the root's `npm run generate` does. */
  readonly generate?: Command;
  /** The package's own tests, and its API docs, which must come without warnings. */
  readonly checks: Readonly<Record<string, readonly Command[]>>;
  /** The program of clients/conformance; its arguments follow. */
  readonly program: Command;
  /** Other ways of the same program, by name: what they add to its environment. */
  readonly variants?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const PYTHON = join(BUILD, "python/bin/python");
const GO_PROGRAM = join(BUILD, "go/conformance");
const RUST_TARGET = { CARGO_TARGET_DIR: join(BUILD, "rust") };
const RUST_DOCS = { ...RUST_TARGET, RUSTDOCFLAGS: "-D warnings" };
const JAVA_PROGRAM = "clients/java/conformance/target/conformance.jar";

export const LANGUAGES: readonly Language[] = [
  {
    name: "python",
    generate: run("clients/python/generate"),
    probe: run("python3", "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))"),
    install: "Python 3.9 or later with venv (Debian: apt-get install python3 python3-venv)",
    build: [
      run("python3", "-m", "venv", join(BUILD, "python")),
      run(PYTHON, "-m", "pip", "install", "--quiet", "--editable", "clients/python[test,docs]"),
    ],
    checks: {
      tests: [{ ...run(PYTHON, "-m", "pytest"), cwd: "clients/python" }],
      lint: [{ ...run(PYTHON, "-m", "ruff", "check"), cwd: "clients/python" }],
      types: [{ ...run(PYTHON, "-m", "mypy"), cwd: "clients/python" }],
      docs: [run(PYTHON, "-m", "pdoc", "-o", join(BUILD, "docs/python"), "qtasks_client")],
    },
    program: run(PYTHON, "clients/python/conformance/main.py"),
    variants: { "python asyncio": { CONFORMANCE_ASYNCIO: "1" } },
  },
  {
    name: "go",
    generate: run("clients/go/generate"),
    probe: run("go", "version"),
    install: "Go 1.23 or later (https://go.dev/dl)",
    build: [{ ...go("build", "-o", GO_PROGRAM, "./conformance"), cwd: "clients/go" }],
    checks: {
      vet: [{ ...go("vet", "./..."), cwd: "clients/go" }],
      tests: [{ ...go("test", "-count=1", "./..."), cwd: "clients/go" }],
    },
    program: run(GO_PROGRAM),
  },
  {
    name: "java",
    generate: run("clients/java/generate"),
    probe: run("mvn", "--version"),
    install: "a JDK 17 or later and Maven (Debian: apt-get install openjdk-17-jdk-headless maven)",
    build: [maven("-DskipTests", "install")],
    checks: { tests: [maven("test")], docs: [maven("-pl", "client", "javadoc:javadoc")] },
    program: run("java", "-Xmx256m", "-jar", JAVA_PROGRAM),
  },
  {
    name: "rust",
    generate: run("clients/rust/generate"),
    probe: run("cargo", "--version"),
    install: "Rust 1.88 or later (https://rustup.rs)",
    // One profile for all, and the tests with the program: nothing is built twice.
    build: [cargo("test", "--release", "--workspace", "--no-run")],
    checks: {
      tests: [cargo("test", "--release", "--workspace")],
      lint: [
        cargo("clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"),
        cargo("fmt", "--all", "--check"),
      ],
      docs: [{ ...cargo("doc", "--release", "--no-deps", "-p", "qtasks-client"), env: RUST_DOCS }],
    },
    program: run(join(RUST_TARGET.CARGO_TARGET_DIR, "release/qtasks-conformance")),
  },
  {
    name: "typescript",
    probe: run(process.execPath, "--version"),
    install: "Node 22.18 or later",
    build: [run(process.execPath, "clients/typescript/build.ts")],
    checks: {
      tests: [
        run(
          process.execPath,
          "--test",
          "--test-concurrency=1",
          "clients/typescript/test/*.test.ts",
        ),
      ],
      docs: [{ ...run("npm", "run", "--silent", "docs"), cwd: "clients/typescript" }],
    },
    program: run(process.execPath, "clients/typescript/conformance/main.ts"),
  },
];

/** A path is relative to the checkout. */
function run(command: string, ...args: readonly string[]): Command {
  return { command, args };
}

/** Whatever Go is there must do: none is downloaded in its stead. */
function go(...args: readonly string[]): Command {
  return { command: "go", args, env: { GOTOOLCHAIN: "local" } };
}

function maven(...args: readonly string[]): Command {
  return { command: "mvn", args: ["-B", "-q", ...args], cwd: "clients/java" };
}

function cargo(...args: readonly string[]): Command {
  return { command: "cargo", args: [...args], cwd: "clients/rust", env: RUST_TARGET };
}

/** The language, and the other ways of its program as languages of their own. */
export function variantsOf(language: Language): Language[] {
  const { program, variants = {} } = language;
  const others = Object.entries(variants).map(([name, env]) => ({
    ...language,
    name,
    program: { ...program, env: { ...program.env, ...env } },
  }));
  return [language, ...others];
}
