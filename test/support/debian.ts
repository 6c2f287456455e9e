/** Finds programs that tests need, and installs them where that is possible without asking. */
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that tests run: its name on the PATH, Debian's package, and the variable that points elsewhere. */
export interface Program {
  readonly command: string;
  readonly debianPackage: string;
  readonly variable: string;
  /** Further packages of Debian that tests use with it, such as libraries. */
  readonly alongside?: readonly string[];
  /** A shell command that succeeds where all of it is installed. @default the command is on the PATH */
  readonly check?: string;
}

// Run as `sh -c SCRIPT sh CHECK PACKAGES…`, under a lock: another test process may be installing the same. A missing
// policy-rc.d would let the package start a service of its own, so one that forbids it stands there meanwhile.
const INSTALL = `
set -e
export DEBIAN_FRONTEND=noninteractive
sh -c "$1" >/dev/null 2>&1 && exit 0
shift
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >$policy
  chmod +x $policy
fi
apt-get -o DPkg::Lock::Timeout=300 update
apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
`;

/** The path of a program: from the PATH, else from Debian's package when we are root on Debian; else an error. */
export async function requireProgram(program: Program): Promise<string> {
  const found = findOnPath(program.command);
  if (found && isComplete(program)) return found;
  if (!isRootOnDebian()) throw new Error(missing(program));
  await install(program);
  const installed = findOnPath(program.command);
  if (!installed || !isComplete(program)) throw new Error(missing(program));
  return installed;
}

function isComplete({ check }: Program): boolean {
  return check === undefined || spawnSync("sh", ["-c", check]).status === 0;
}

function packagesOf({ debianPackage, alongside = [] }: Program): readonly string[] {
  return [debianPackage, ...alongside];
}

/** The path of an executable on the PATH, if there is one. */
export function findOnPath(command: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isRootOnDebian(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

function missing(program: Program): string {
  const { command, check, variable } = program;
  const lack = check === undefined ? "is not on the PATH" : `does not pass \`${check}\``;
  return (
    `these tests need ${command}, which ${lack}: install it ` +
    `(Debian: apt-get install ${packagesOf(program).join(" ")}) or set ${variable}`
  );
}

function install(program: Program): Promise<void> {
  const packages = packagesOf(program);
  const names = packages.join(", ");
  const check = program.check ?? `command -v ${program.command}`;
  process.stderr.write(`installing Debian's ${names} for the tests…\n`);
  const args = ["/tmp/qtasks-install.lock", "sh", "-c", INSTALL, "sh", check, ...packages];
  return new Promise((resolve, reject) => {
    const child = spawn("flock", args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`installing ${names} failed:\n${output.slice(-4000)}`)),
    );
  });
}
