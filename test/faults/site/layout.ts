/** What a site is built on: which backends, and how many servers they allow. */

export type HalfKind = "memory" | "sqlite" | "redis";

/** One of broker and storage. */
export interface Half {
  readonly kind: HalfKind;
  /** A datastore that is not ours, and is not restarted; unset: one of the site's own. */
  readonly url?: string | undefined;
}

export interface Layout {
  /** For tables: `redis`, or `sqlite+redis` for a storage and its broker. */
  readonly name: string;
  readonly storage: Half;
  /** Undefined where the storage is the broker too. */
  readonly broker: Half | undefined;
  readonly servers: number;
}

export interface LayoutUrls {
  readonly url?: string | undefined;
  readonly broker?: string | undefined;
  readonly storage?: string | undefined;
}

/** The layouts of a run that names none. */
export const ALL_LAYOUTS: readonly LayoutUrls[] = [
  { url: "memory:" },
  { url: "sqlite:" },
  { url: "redis:" },
  { storage: "sqlite:", broker: "redis:" },
  { storage: "redis:", broker: "memory:" },
  { storage: "redis:", broker: "redis:" },
];

/** From URLs to a layout. A scheme alone, such as `redis:`, asks for a datastore of the site's own. */
export function layoutOf({ url = "sqlite:", broker = url, storage = url }: LayoutUrls): Layout {
  const [storageHalf, brokerHalf] = [halfOf(storage), halfOf(broker)];
  // Two that the site makes itself are apart, though their URLs read alike.
  const isJoint = broker === storage && broker === url;
  const isShared = storageHalf.kind === "redis" && brokerHalf.kind === "redis";
  return {
    name: isJoint ? storageHalf.kind : `${storageHalf.kind}+${brokerHalf.kind}`,
    storage: storageHalf,
    broker: isJoint ? undefined : brokerHalf,
    servers: isShared ? 2 : 1,
  };
}

/** Its data outlives a killed server. */
export function isDurable({ storage }: Layout): boolean {
  return storage.kind !== "memory";
}

function halfOf(url: string): Half {
  const kind = /^(memory|sqlite|redis):/.exec(url)?.[1] as HalfKind | undefined;
  if (kind === undefined)
    throw new Error(`${url}: expected memory:, sqlite: or redis:, or a URL of one of them`);
  return url === `${kind}:` ? { kind } : { kind, url };
}
