/** Clients and workers of the table: the program of each language, the browser, and the bridge. */
import { join } from "node:path";
import type { TestContext } from "node:test";
import { startNode, startProcess, type RunningProcess } from "../support/process.ts";
import { ROOT, type Command, type Language } from "./languages.ts";
import type { Service } from "./server.ts";

const TARGET = join(import.meta.dirname, "programs/target.ts");
const CLI = join(ROOT, "bin/qtasks.js");
const METHODS = "conformance.v1.ConformanceTasks";

/** What a scenario printed. */
export type Facts = Readonly<Record<string, unknown>>;

export interface ClientActor {
  readonly name: string;
  /** Plays a scenario to its end; rejects with what it said was wrong. */
  play(
    t: TestContext,
    service: Service,
    scenario: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<Facts>;
}

export interface WorkerActor {
  readonly name: string;
  /** It runs methods only: the service under test has the plain functions. */
  readonly methodsOnly: boolean;
  /** Started and registered. */
  start(t: TestContext, service: Service): Promise<RunningProcess>;
}

/** The language's program as a client; `verb` is `client`, or `browser`. */
export function clientOf(language: Language, name = language.name, verb = "client"): ClientActor {
  return {
    name,
    play: async (t, service, scenario, env = {}) => {
      const program = start(t, language.program, [verb, scenario], { ...service.env, ...env });
      const { code, signal, stdout, stderr } = await program.finished;
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (code !== 0 || !line.startsWith("{"))
        throw new Error(`${name} ${scenario} ended with ${signal ?? code}:\n${stdout}${stderr}`);
      return JSON.parse(line) as Facts;
    },
  };
}

export function workerOf(language: Language): WorkerActor {
  return {
    name: language.name,
    methodsOnly: false,
    start: async (t, service) => {
      const worker = start(t, language.program, ["worker"], service.env);
      await worker.waitForLine(/^ready$/);
      return worker;
    },
  };
}

/** The bridge, before a gRPC server of its own that knows nothing of tasks. */
export const BRIDGE: WorkerActor = {
  name: "bridge",
  methodsOnly: true,
  start: async (t, { grpc }) => {
    const target = startNode(t, [TARGET]);
    const [, address = ""] = await target.waitForLine(/^serves (\S+)$/);
    const image = join(ROOT, "clients/conformance/proto");
    return startBridge(t, { server: grpc, target: address, service: METHODS, image });
  },
};

export interface BridgeParams {
  readonly server: string;
  readonly target: string;
  readonly service: string;
  /** A folder of proto files, for a target without reflection. */
  readonly image?: string;
}

/** Starts `qtasks bridge` and waits until it is registered. */
export async function startBridge(t: TestContext, params: BridgeParams): Promise<RunningProcess> {
  const { server, target, service, image } = params;
  const files = image === undefined ? [] : ["--image", await imageOf(t, image)];
  const args = ["bridge", "--server", server, "--target", target, "--service", service, ...files];
  const bridge = startNode(t, [CLI, ...args]);
  await bridge.waitForLine(/takes tasks/);
  return bridge;
}

async function imageOf(t: TestContext, folder: string): Promise<string> {
  const { tempFolder } = await import("../support/temp.ts");
  const image = join(tempFolder(), "image.binpb");
  const buf = join(ROOT, "node_modules/.bin/buf");
  const built = startProcess(t, buf, ["build", folder, "-o", image], { cwd: ROOT });
  const { code, stderr } = await built.finished;
  if (code !== 0) throw new Error(stderr);
  return image;
}

/** Starts a program of a language. */
export function start(
  t: TestContext,
  { command, args, cwd = ".", env }: Command,
  more: readonly string[],
  moreEnv: Readonly<Record<string, string>>,
): RunningProcess {
  return startProcess(t, command, [...args, ...more], {
    cwd: join(ROOT, cwd),
    env: { ...env, ...moreEnv },
  });
}
