/** A Go toolchain for tests, and tools that are built by it. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { requireProgram } from "./debian.ts";
import { tempFolder } from "./temp.ts";

const GO = { command: "go", debianPackage: "golang-go", variable: "QTASKS_GO" };

// The newest that Go 1.19 builds, which is the Go of Debian 12.
const VERSIONS = {
  "github.com/fullstorydev/grpcurl/cmd/grpcurl": "v1.9.1",
  "google.golang.org/protobuf/cmd/protoc-gen-go": "v1.33.0",
  "google.golang.org/grpc/cmd/protoc-gen-go-grpc": "v1.3.0",
} as const;

const run = promisify(execFile);

/** Runs `go ARGS…` in a folder: `QTASKS_GO`, else from the PATH, else installed when we are root on Debian. */
export async function runGo(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<void> {
  const go = process.env[GO.variable] || (await requireProgram(GO));
  await run(go, args, {
    cwd: options.cwd,
    // Whatever Go is there must do: none is downloaded in its stead.
    env: { ...process.env, GOTOOLCHAIN: "local", GOFLAGS: "-mod=mod", ...options.env },
    maxBuffer: 16 << 20,
  });
}

/** Builds tools from the Go module proxy into a new folder, which is returned. Go's cache makes the next time quick. */
export async function installGoTools(
  ...tools: readonly (keyof typeof VERSIONS)[]
): Promise<string> {
  const cwd = tempFolder();
  const folder = join(cwd, "bin");
  for (const tool of tools)
    await runGo(["install", `${tool}@${VERSIONS[tool]}`], { cwd, env: { GOBIN: folder } });
  return folder;
}
