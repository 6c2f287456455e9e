/**
 * Lets a model hold Redis's time in its hands: scripts ask `TIME` in one place, which is rendered anew to take it
 * from two more keys of the call. Everything else is sent and run as ever.
 */
import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { loadScripts } from "../../src/backends/redis/lua-scripts.ts";
import type { Clock } from "../../src/core/clock.ts";

const ASKED = 'redis.call("TIME")';
const GIVEN = "{ KEYS[2], KEYS[3] }";

type Call = (name: string, ...args: unknown[]) => Promise<unknown>;

/** From now on every Redis client of this process tells scripts this clock's time. */
export function steerRedisTime(clock: () => Clock): void {
  const prototype = Redis.prototype as unknown as { callBuffer: Call };
  const { callBuffer } = prototype;
  let steered: Steered | undefined;
  prototype.callBuffer = function (this: Redis, name, ...args) {
    const [seconds, micros] = timeOf(clock());
    if (name === "TIME") return Promise.resolve([Buffer.from(seconds), Buffer.from(micros)]);
    const text = (steered ??= steeredScripts())[name]?.get(args[0] as string);
    if (text === undefined) return callBuffer.call(this, name, ...args);
    const [, , prefix, ...rest] = args;
    return callBuffer.call(this, name, text, 3, prefix, seconds, micros, ...rest);
  };
}

/** By command, what is sent instead of a script's digest or text. */
type Steered = Readonly<Record<string, ReadonlyMap<string, string>>>;

function steeredScripts(): Steered {
  const sources = Object.values(loadScripts()).map(({ source }) => source);
  return {
    EVAL: new Map(sources.map((source) => [source, given(source)])),
    EVALSHA: new Map(sources.map((source) => [sha1(source), sha1(given(source))])),
  };
}

function given(source: string): string {
  return source.replaceAll(ASKED, GIVEN);
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** As Redis answers TIME. */
function timeOf(clock: Clock): [seconds: string, micros: string] {
  const ms = Math.floor(clock.now());
  return [String(Math.floor(ms / 1000)), String((ms % 1000) * 1000)];
}
