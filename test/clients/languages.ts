/** The languages with a client: how each is built, tested and run. */
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** Where builds go; git ignores it. */
export const BUILD = join(ROOT, "node_modules/.cache/qtasks-clients");

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
  /** The package's own tests, and its API docs, which must come without warnings. */
  readonly checks: Readonly<Record<string, readonly Command[]>>;
  /** The program of clients/conformance; its arguments follow. */
  readonly program: Command;
}

const PYTHON = join(BUILD, "python/bin/python");
const GO_PROGRAM = join(BUILD, "go/conformance");
const RUST_TARGET = join(BUILD, "rust");

export const LANGUAGES: readonly Language[] = [
  {
    name: "python",
    probe: run("python3", "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))"),
    install: "Python 3.9 or later with venv (Debian: apt-get install python3 python3-venv)",
    build: [
      run("python3", "-m", "venv", join(BUILD, "python")),
      run(PYTHON, "-m", "pip", "install", "--quiet", "--editable", "clients/python[test]"),
    ],
    checks: {
      tests: [{ ...run(PYTHON, "-m", "pytest", "-q"), cwd: "clients/python" }],
    },
    program: run(PYTHON, "-m", "conformance"),
  },
  {
    name: "go",
    probe: run("go", "version"),
    install: "Go 1.23 or later (https://go.dev/dl)",
    build: [{ ...go("build", "-o", GO_PROGRAM, "./conformance"), cwd: "clients/go" }],
    checks: {
      vet: [{ ...go("vet", "./..."), cwd: "clients/go" }],
      tests: [{ ...go("test", "-count=1", "./..."), cwd: "clients/go" }],
    },
    program: run(GO_PROGRAM),
  },
];

function run(command: string, ...args: readonly string[]): Command {
  return { command, args };
}

/** Whatever Go is there must do: none is downloaded in its stead. */
function go(...args: readonly string[]): Command {
  return { command: "go", args, env: { GOTOOLCHAIN: "local" } };
}

export { RUST_TARGET };
