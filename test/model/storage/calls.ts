/** Calls of the contract, with what of their answers must be equal. */
import type { HandedOut, HandOutParams } from "../../../src/storage/joint.ts";
import type {
  CreateParams,
  DocumentKey,
  DocumentPut,
  Purged,
  Renewal,
  TaskVersion,
  WriteParams,
} from "../../../src/storage/storage.ts";
import type { Call, Store } from "./world.ts";

export function createCall(params: CreateParams): Call {
  return { name: "create", run: (joint) => joint.create(params), isRepeatable: true };
}

export function writeCall(params: WriteParams): Call {
  return { name: "write", run: (joint) => joint.write(params), isRepeatable: true };
}

export function renewCall(renewals: readonly Renewal[]): Call {
  return { name: "renew", run: (joint) => joint.renew({ renewals }), isRepeatable: true };
}

export function removeCall(items: readonly TaskVersion[]): Call {
  return { name: "remove", run: (joint) => joint.remove({ items }), isRepeatable: true };
}

/** Those that become purgeable at once have no order: all of them, then. */
export function purgeCall(): Call {
  return {
    name: "purge",
    run: (joint) => joint.purge({ limit: 1_000 }),
    view: (purged: Purged, expected: Purged, { hasCoarseHints }) =>
      hasCoarseHints
        ? { count: purged.count, some: purged.nextAt !== 0 || expected.nextAt === 0 }
        : purged,
    isRepeatable: true,
  };
}

export function dropIntentsCall(ids: readonly string[]): Call {
  return { name: "dropIntents", run: (joint) => joint.dropIntents({ ids }), isRepeatable: true };
}

export function handOutCall(params: HandOutParams): Call {
  return {
    name: "handOut",
    run: (joint) => joint.handOut(params),
    view: handedOut,
    isRepeatable: false,
  };
}

/** A store may say that more is left where what is left has passed its deadline. */
function handedOut(answer: HandedOut, expected: HandedOut, { hasCoarseHints }: Store): HandedOut {
  return hasCoarseHints && !expected.more ? { ...answer, more: false } : answer;
}

export function putCall(items: readonly DocumentPut[]): Call {
  return {
    name: "documents.put",
    run: (joint) => joint.documents.put({ items }),
    isRepeatable: true,
  };
}

export function dropDocumentsCall(keys: readonly DocumentKey[]): Call {
  return {
    name: "documents.remove",
    run: (joint) => joint.documents.remove({ keys }),
    isRepeatable: true,
  };
}
