/** The descriptors of the services that are bridged: of the target's reflection, or of an image. */
import {
  create,
  createFileRegistry,
  fromBinary,
  type DescService,
  type FileRegistry,
  type Registry,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, type FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import type { GrpcChannel } from "../client/channel.ts";
import { QTasksError } from "../core/errors.ts";
import { withReflection, type Reflection } from "./reflection.ts";

/** Services of these packages are no user's: the RPC system's, and this package's. */
const FOREIGN = /^(grpc|qtasksapi)\./;

type Files = ReadonlyMap<string, FileDescriptorProto>;

/**
 * The services by their full names; without names all that the target has, save gRPC's own. CONFIG_INVALID where one is
 * not there, and where the target has no reflection; the status of a call that failed.
 */
export function reflectedServices(
  channel: GrpcChannel,
  names: readonly string[],
): Promise<DescService[]> {
  return withReflection(channel, async (reflection) => {
    const offered = (await reflection.services()).filter((name) => !FOREIGN.test(name));
    const chosen = names.length === 0 ? offered : names;
    for (const name of chosen) if (!offered.includes(name)) throw missing(name, offered);
    return servicesOf(await gather(reflection, chosen), chosen);
  });
}

/** A message and all that its file and the files that it imports declare. As {@link reflectedServices}. */
export function reflectedType(channel: GrpcChannel, typeName: string): Promise<Registry> {
  return withReflection(channel, async (reflection) =>
    registryOf(await gather(reflection, [typeName])),
  );
}

/** As {@link reflectedServices}, of an encoded google.protobuf.FileDescriptorSet with all imports. */
export function imageServices(image: Uint8Array, names: readonly string[]): DescService[] {
  const files = new Map(decodeImage(image).map((file) => [file.name, file]));
  const all = [...files.values()].flatMap(({ package: scope, service }) =>
    service.map(({ name }) => (scope === "" ? name : `${scope}.${name}`)),
  );
  const offered = all.filter((name) => !FOREIGN.test(name));
  const chosen = names.length === 0 ? offered : names;
  for (const name of chosen) if (!offered.includes(name)) throw missing(name, offered);
  return servicesOf(files, chosen);
}

function decodeImage(image: Uint8Array): FileDescriptorProto[] {
  try {
    return fromBinary(FileDescriptorSetSchema, image).file;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new QTasksError("CONFIG_INVALID", `not a google.protobuf.FileDescriptorSet: ${why}`, {
      cause,
    });
  }
}

/** Servers send some imports with a file, all, or none: what is missing is asked for. */
async function gather(reflection: Reflection, names: readonly string[]): Promise<Files> {
  const files = new Map<string, FileDescriptorProto>();
  const add = (found: readonly FileDescriptorProto[]): void => {
    for (const file of found) files.set(file.name, file);
  };
  for (const name of names) add(await reflection.filesOfSymbol(name));
  // A map gives what is added to it while it is gone through.
  for (const { dependency } of files.values())
    for (const name of dependency) if (!files.has(name)) add(await reflection.filesOfName(name));
  return files;
}

function servicesOf(files: Files, names: readonly string[]): DescService[] {
  if (names.length === 0)
    throw new QTasksError("CONFIG_INVALID", "there is no service to take tasks for");
  const registry = registryOf(files);
  return names.map((name) => registry.getService(name)!);
}

function registryOf(files: Files): FileRegistry {
  return createFileRegistry(create(FileDescriptorSetSchema, { file: sorted(files) }));
}

/** Imports first. */
function sorted(files: Files): FileDescriptorProto[] {
  const seen = new Set<FileDescriptorProto>();
  const visit = (name: string, importedBy: string): void => {
    const file = files.get(name);
    if (file === undefined)
      throw new QTasksError("CONFIG_INVALID", `${importedBy} imports ${name}, which is missing`);
    if (seen.has(file)) return;
    for (const each of file.dependency) visit(each, name);
    seen.add(file);
  };
  for (const name of files.keys()) visit(name, name);
  return [...seen];
}

function missing(name: string, offered: readonly string[]): QTasksError {
  const there = offered.length === 0 ? "there are none" : `there are ${offered.join(", ")}`;
  return new QTasksError("CONFIG_INVALID", `no service ${name}: ${there}`);
}
