/** All bytes that a Redis or a SQLite file holds, and texts looked for in them in every form. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { startRedis } from "../../support/redis.ts";
import { tempFolder } from "../../support/temp.ts";

/** A place to keep tasks in, and what lies there. */
export interface Store {
  readonly url: string;
  /** Everything that is there at this moment, and what of the past is still in its files. */
  bytes(): Promise<Buffer>;
}

/** A server of its own, with every write in a file. */
export async function redisStore(): Promise<Store> {
  const server = await startRedis({ appendonly: true });
  const bytes = async (): Promise<Buffer> =>
    Buffer.concat([await everyKey(server.url), ...everyFile(server.dir)]);
  return { url: server.url, bytes };
}

/** A file with its write-ahead log, in a folder of its own. */
export function sqliteStore(): Promise<Store> {
  const folder = tempFolder();
  const bytes = async (): Promise<Buffer> => Buffer.concat(everyFile(folder));
  return Promise.resolve({ url: `sqlite:${join(folder, "tasks.db")}`, bytes });
}

function everyFile(folder: string): Buffer[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name)));
}

async function everyKey(url: string): Promise<Buffer> {
  const redis = new Redis(url);
  try {
    const found: unknown[] = [];
    for (const key of await redis.keys("*")) found.push(key, await valueOf(redis, key));
    return Buffer.concat(flat(found));
  } finally {
    redis.disconnect();
  }
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case "string":
      return redis.getBuffer(key);
    case "hash":
      return redis.callBuffer("HGETALL", key);
    case "list":
      return redis.lrangeBuffer(key, 0, -1);
    case "set":
      return redis.smembersBuffer(key);
    case "zset":
      return redis.callBuffer("ZRANGE", key, 0, -1);
    case "stream":
      return redis.callBuffer("XRANGE", key, "-", "+");
    default:
      throw new Error(`${key} is a ${type}, which this test does not read`);
  }
}

function flat(value: unknown): Buffer[] {
  if (Array.isArray(value)) return value.flatMap(flat);
  return Buffer.isBuffer(value) ? [value] : [Buffer.from(String(value))];
}

/** The forms in which the text is in the bytes; none: it can't be read there. */
export function formsIn(bytes: Buffer, text: string): string[] {
  return Object.entries(formsOf(Buffer.from(text)))
    .filter(([, forms]) => forms.some((form) => bytes.includes(form)))
    .map(([name]) => name);
}

function formsOf(text: Buffer): Record<string, readonly Buffer[]> {
  const wide = Buffer.from(text.toString(), "utf16le");
  const hex = text.toString("hex");
  return {
    plain: [text],
    hex: [hex, hex.toUpperCase()].map((form) => Buffer.from(form)),
    base64: [0, 1, 2].flatMap((offset) => base64At(text, offset)),
    "UTF-16": [wide, Buffer.from(wide).swap16()],
    backwards: [Buffer.from(text.toReversed())],
  };
}

/** What is always the same of its Base64 where so many bytes, modulo 3, come before it. */
function base64At(text: Buffer, offset: number): Buffer[] {
  const padded = Buffer.concat([Buffer.alloc(offset), text]);
  const whole = padded.subarray(0, padded.length - (padded.length % 3));
  const skip = offset === 0 ? 0 : 4;
  return (["base64", "base64url"] as const).map((name) =>
    Buffer.from(whole.toString(name).slice(skip)),
  );
}
