import type { FileKind } from "./database.ts";
import type { Engine } from "./engine.ts";
import type { Meta } from "./meta.ts";
import type { Statements } from "./statements.ts";
import type { ThreadData } from "./thread/calls.ts";

/** A kind of engine with the file that it works on. */
export interface EngineKind {
  readonly file: FileKind;
  readonly make: (parts: {
    readonly statements: Statements;
    readonly meta: Meta;
    readonly now: number;
    readonly maxLogs: number;
  }) => Engine;
}

/** Loads that kind alone: a broker's thread has no use for the storage's code, which takes most of a start. */
export async function loadEngine({ engine }: Pick<ThreadData, "engine">): Promise<EngineKind> {
  if (engine === "storage") {
    const { StorageEngine, STORAGE_FILE } = await import("./engine/storage-engine.ts");
    return { file: STORAGE_FILE, make: (parts) => new StorageEngine(parts) };
  }
  const { BrokerEngine, BROKER_FILE } = await import("./broker-engine/broker-engine.ts");
  return { file: BROKER_FILE, make: (parts) => new BrokerEngine(parts) };
}
