/** `qtasks bridge`: a gRPC server elsewhere executes tasks, unchanged. */
import { readFileSync } from "node:fs";
import { Option, type Command } from "commander";

import { openRemote } from "../../app/remote.ts";
import { runForever } from "../../app/run-forever.ts";
import { packageVersion } from "../../app/version.ts";
import { DEFAULT_ADDRESS, type ClientTls } from "../../client/index.ts";
import { resolveConfig } from "../../config/resolve.ts";
import { makeLogger } from "../app-options.ts";
import { addExamples, type Surroundings } from "../command.ts";
import { addConfigOptions, configArguments } from "../config-options.ts";
import { CONNECTION_OPTIONS } from "../connection.ts";
import { UsageError } from "../usage-error.ts";
import { parseAddress, parseGrace, parseWhole } from "../values.ts";

const OPTIONS = [
  ...CONNECTION_OPTIONS,
  ...(["queues", "workerId", "buildId", "logLevel"] as const),
];
/** Fewer than a worker's: how many calls a server likes at once is not known here. */
const DEFAULT_SLOTS = 16;

interface BridgeFlags extends Readonly<Record<string, unknown>> {
  readonly target: string;
  readonly service?: readonly string[];
  readonly image?: string;
  readonly slots?: number;
  readonly grace?: number;
  readonly targetTls?: boolean;
  readonly targetCa?: string;
  readonly targetCert?: string;
  readonly targetKey?: string;
  readonly targetName?: string;
}

export function bridgeCommand(program: Command, { terminal }: Surroundings): void {
  const command = program
    .command("bridge")
    .description("Execute tasks by calls to a gRPC server, which needs no change")
    .addOption(
      new Option("--target <address>", "HOST:PORT of the gRPC server")
        .argParser(parseAddress)
        .makeOptionMandatory(),
    )
    .option("--service <name...>", "services by full name (default: all but gRPC's own)")
    .option("--image <file>", "a FileDescriptorSet (default: what the target's reflection tells)")
    .option("--slots <count>", `calls at once (default: ${DEFAULT_SLOTS})`, parseWhole(1))
    .option("--target-tls", "connect to the target by TLS, trusting the system's authorities")
    .option("--target-ca <file>", "PEM file with the authority of the target's certificate")
    .option("--target-cert <file>", "PEM file with a certificate to show to the target")
    .option("--target-key <file>", "PEM file with the key of that certificate")
    .option("--target-name <name>", "name in the target's certificate, where it is not the host")
    .option("--grace <seconds>", "how long calls may finish at the stop", parseGrace);
  addConfigOptions(command, OPTIONS);
  addExamples(
    command,
    "bridge --target mail:9090",
    "bridge --target mail:9090 --service acme.mail.v1.MailTasks --server tasks.internal:50051",
  );
  command.action(async (flags: BridgeFlags) => {
    const args = { ...configArguments(flags, OPTIONS), graceMs: flags.grace };
    const { values } = resolveConfig({ arguments: args });
    const { server = DEFAULT_ADDRESS, queues, workerId, buildId, graceMs } = values;
    const { Bridge } = await import("../../bridge/bridge.ts");
    const logger = await makeLogger(terminal, values.logLevel);
    const connection = await openRemote(server, values);
    const { workers: calls, system } = connection;
    const { slots = DEFAULT_SLOTS } = flags;
    const sdkVersion = packageVersion();
    const bridge = new Bridge({
      target: { address: flags.target, tls: tlsOf(flags) },
      services: flags.service,
      image: flags.image === undefined ? undefined : read("--image", flags.image),
      worker: { calls, system, slots, queues, workerId, buildId, graceMs, sdkVersion },
      logger,
    });
    const stop = async (): Promise<void> => {
      await bridge.stop();
      await connection.close();
    };
    await runForever({ start: () => bridge.start(), stop, done: () => bridge.done }, logger);
  });
}

function tlsOf(flags: BridgeFlags): boolean | ClientTls {
  const { targetCa, targetCert, targetKey, targetName: serverName } = flags;
  if ((targetCert === undefined) !== (targetKey === undefined))
    throw new UsageError("give --target-cert and --target-key together");
  const files = {
    ...(targetCa === undefined ? {} : { ca: read("--target-ca", targetCa) }),
    ...(targetCert === undefined ? {} : { cert: read("--target-cert", targetCert) }),
    ...(targetKey === undefined ? {} : { key: read("--target-key", targetKey) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
  return Object.keys(files).length > 0 ? files : (flags.targetTls ?? false);
}

function read(flag: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${flag}: ${(error as Error).message}`);
  }
}
