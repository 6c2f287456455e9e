/** What is written once about a keyspace. */
import { QTasksError } from "../../core/errors.ts";
import { nonce } from "../../core/ids.ts";
import { META, PARTITIONS, type Keyspace } from "./keys.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { asList, asText } from "./replies.ts";

/** Changes with the layout of keys and records; an older program must not touch a newer keyspace. */
const LAYOUT = 2;

/** Makes the keyspace where there is none and gives its id. CONFIG_INVALID for one of another layout. */
export async function openKeyspace(connection: RedisConnection, keys: Keyspace): Promise<string> {
  const key = keys.meta + META.keyspace;
  const known = await readMeta(connection, key);
  if (known !== undefined) return checkMeta(known);
  await connection.command("HSETNX", key, "layout", LAYOUT);
  await connection.command("HSETNX", key, "partitions", PARTITIONS);
  // Last: whoever finds the id finds the rest.
  await connection.command("HSETNX", key, "keyspaceId", nonce());
  return checkMeta((await readMeta(connection, key))!);
}

interface Meta {
  readonly id: string;
  readonly layout: number;
  readonly partitions: number;
}

async function readMeta(connection: RedisConnection, key: string): Promise<Meta | undefined> {
  const reply = await connection.command("HMGET", key, "keyspaceId", "layout", "partitions");
  const [id, layout, partitions] = asList(reply);
  if (id === null) return undefined;
  return { id: asText(id), layout: Number(asText(layout)), partitions: Number(asText(partitions)) };
}

function checkMeta({ id, layout, partitions }: Meta): string {
  if (layout === LAYOUT && partitions === PARTITIONS) return id;
  const found = `layout ${layout} with ${partitions} partitions`;
  const expected = `layout ${LAYOUT} with ${PARTITIONS}`;
  throw new QTasksError(
    "CONFIG_INVALID",
    `the keyspace has ${found}, this version reads ${expected}`,
  );
}
