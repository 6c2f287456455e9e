/** What a server offers: its own services, those of the users, and the descriptor files behind them. */
import type { DescFile } from "@bufbuild/protobuf";

import { QTasksError } from "../core/errors.ts";
import { FileIndex } from "./file-index.ts";
import type { ServiceDefinition } from "./service.ts";
import type { UserServices } from "./durable/user-services.ts";

/** A set of services that can grow while the server runs; reflection, health and schema read it. */
export class Catalog {
  readonly #definitions = new Map<string, ServiceDefinition>();
  readonly #own = new FileIndex();
  #users: UserServices | undefined;

  /** @throws QTasksError DEFINITION_CONFLICT when a service of this name is there already. */
  add(definition: ServiceDefinition): void {
    const { service } = definition;
    if (this.#definitions.has(service.typeName)) {
      throw new QTasksError("DEFINITION_CONFLICT", `${service.typeName} is served already`);
    }
    this.#definitions.set(service.typeName, definition);
    this.addFile(service.file);
  }

  /** Offers a file that no service needs, and its imports. */
  addFile(file: DescFile): void {
    this.#own.add(file);
  }

  /** The users' services as they are now, in place of those before. */
  setUserServices(users: UserServices): void {
    this.#users = users;
  }

  get definitions(): readonly ServiceDefinition[] {
    return [...this.#definitions.values()];
  }

  /** Full names, the server's own first. */
  get serviceNames(): readonly string[] {
    return [...this.#definitions.keys(), ...(this.#users?.names ?? [])];
  }

  has(serviceName: string): boolean {
    return this.#definitions.has(serviceName) || this.#users?.names.has(serviceName) === true;
  }

  /** The file that declares a service, where its descriptors are known. */
  serviceFile(serviceName: string): DescFile | undefined {
    const own = this.#definitions.get(serviceName)?.service;
    return (own ?? this.#users?.services.get(serviceName))?.file;
  }

  /** Files without a symbol in common, imports first. */
  get files(): readonly DescFile[] {
    return [...this.#own.files, ...(this.#users?.files ?? [])];
  }

  file(name: string): DescFile | undefined {
    return this.#own.file(name) ?? this.#users?.index.file(name);
  }

  /** The file that declares a message, enum, service, method, field, value or extension. */
  fileOfSymbol(name: string): DescFile | undefined {
    return this.#own.fileOfSymbol(name) ?? this.#users?.index.fileOfSymbol(name);
  }

  /** Numbers of the extensions of a message, each with its file. */
  extensionsOf(messageName: string): ReadonlyMap<number, DescFile> {
    const users = this.#users?.index.extensionsOf(messageName) ?? [];
    return new Map([...users, ...this.#own.extensionsOf(messageName)]);
  }

  /** The serialised FileDescriptorProto. */
  encoded(file: DescFile): Uint8Array {
    return (this.#users?.index ?? this.#own).encoded(file);
  }
}
