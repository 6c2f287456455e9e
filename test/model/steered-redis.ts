/**
 * Lets a model hold Redis's time in its hands: scripts ask `TIME` in one place, which is rendered anew to take it
 * from two more keys of the call. Everything else is sent and run as ever.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { loadScripts } from "../../src/backends/redis/lua-scripts.ts";
import { FramedCommand } from "../../src/backends/redis/script-call.ts";
import type { Clock } from "../../src/core/clock.ts";

const ASKED = 'redis.call("TIME")';
const GIVEN = "{ KEYS[2], KEYS[3] }";

type Call = (name: string, ...args: unknown[]) => Promise<unknown>;
type SendCommand = (command: unknown, ...rest: unknown[]) => Promise<unknown>;

/** From now on every Redis client of this process tells scripts this clock's time. */
export function steerRedisTime(clock: () => Clock): void {
  const prototype = Redis.prototype as unknown as { callBuffer: Call; sendCommand: SendCommand };
  const { callBuffer, sendCommand } = prototype;
  let steered: Steered | undefined;
  prototype.callBuffer = function (this: Redis, name, ...args) {
    if (name !== "TIME") return callBuffer.call(this, name, ...args);
    return Promise.resolve(timeOf(clock()).map((part) => Buffer.from(part)));
  };
  prototype.sendCommand = function (this: Redis, command, ...rest) {
    if (!(command instanceof FramedCommand)) return sendCommand.call(this, command, ...rest);
    const frame = steer(command.toWritable(), (steered ??= steeredScripts()), timeOf(clock()));
    return sendCommand.call(this, new FramedCommand(command.name, frame), ...rest);
  };
}

/** By what a call names, the digest or the text of a script: what it names instead. */
type Steered = ReadonlyMap<string, string>;

/** The call of a script with one key, as it is sent, with the time as two more keys. */
function steer(frame: Buffer, steered: Steered, time: readonly string[]): Buffer {
  let at = 0;
  const line = (): string => {
    const from = at;
    at = frame.indexOf("\r\n", from) + 2;
    return frame.toString("utf8", from, at - 2);
  };
  const part = (): string => {
    const length = Number(line().slice(1));
    const from = at;
    at += length + 2;
    return frame.toString("utf8", from, from + length);
  };
  const count = Number(line().slice(1));
  const [command, script, keys, prefix] = [part(), part(), part(), part()];
  assert.equal(keys, "1");
  const given = steered.get(script);
  assert.ok(given !== undefined, "a script that the model knows");
  const parts = [command, given, "3", prefix, ...time];
  const head = parts.map((text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`).join("");
  return Buffer.concat([Buffer.from(`*${count + 2}\r\n${head}`), frame.subarray(at)]);
}

function steeredScripts(): Steered {
  return new Map(
    Object.values(loadScripts()).flatMap(({ source }) => [
      [source, given(source)],
      [sha1(source), sha1(given(source))],
    ]),
  );
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
