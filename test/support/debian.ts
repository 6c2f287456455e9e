/** Finds programs that tests need, and installs them where that is possible without asking. */
import { spawn } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A program that tests run: its name on the PATH, Debian's package, and the variable that points elsewhere. */
export interface Program {
  readonly command: string;
  readonly debianPackage: string;
  readonly variable: string;
}

// Run as `sh -c SCRIPT sh COMMAND PACKAGE`, under a lock: another test process may be installing the same. A missing
// policy-rc.d would let the package start a service of its own, so one that forbids it stands there meanwhile.
const INSTALL = `
set -e
export DEBIAN_FRONTEND=noninteractive
command -v "$1" >/dev/null && exit 0
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >$policy
  chmod +x $policy
fi
apt-get -o DPkg::Lock::Timeout=300 update
apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$2"
`;

/** The path of a program: from the PATH, else from Debian's package when we are root on Debian; else an error. */
export async function requireProgram(program: Program): Promise<string> {
  const found = findOnPath(program.command);
  if (found) return found;
  if (!isRootOnDebian()) throw new Error(missing(program));
  await install(program);
  const installed = findOnPath(program.command);
  if (!installed) throw new Error(missing(program));
  return installed;
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

function missing({ command, debianPackage, variable }: Program): string {
  return (
    `these tests need ${command}, which is not on the PATH: install it ` +
    `(Debian: apt-get install ${debianPackage}) or set ${variable}`
  );
}

function install({ command, debianPackage }: Program): Promise<void> {
  process.stderr.write(`installing Debian's ${debianPackage} for the tests…\n`);
  const args = ["/tmp/qtasks-install.lock", "sh", "-c", INSTALL, "sh", command, debianPackage];
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
        : reject(new Error(`installing ${debianPackage} failed:\n${output.slice(-4000)}`)),
    );
  });
}
