import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPrefix, parseRedisUrl } from "../../../src/backends/redis/redis-url.ts";

test("a URL gives host, port, credentials, database and prefix", () => {
  const target = parseRedisUrl("redis://us%40er:p%3Aw@cache.local:7000/5?prefix=mail");
  const { options, database, prefix, place } = target;
  assert.deepEqual(options, {
    host: "cache.local",
    port: 7000,
    db: 5,
    username: "us@er",
    password: "p:w",
  });
  assert.deepEqual([database, prefix, place], [5, "mail", "cache.local:7000"]);
});

test("what a URL leaves out has defaults", () => {
  const { options, prefix, place } = parseRedisUrl("redis://localhost");
  assert.deepEqual(options, { host: "localhost", port: 6379, db: 0 });
  assert.deepEqual([prefix, place], [undefined, "localhost:6379"]);
});

test("rediss is TLS; IPv6 addresses are taken out of their brackets", () => {
  const { options, place } = parseRedisUrl("rediss://[::1]:1234");
  assert.deepEqual(options, { host: "::1", port: 1234, db: 0, tls: {} });
  assert.equal(place, "[::1]:1234");
  const named = parseRedisUrl("rediss://cache.local").options;
  assert.deepEqual(named.tls, { servername: "cache.local" });
});

for (const [url, expected] of [
  ["http://localhost", /expected redis:\/\//],
  ["nonsense", /expected redis:\/\//],
  ["redis://localhost/abc", /database's number, not "abc"/],
  ["redis://localhost?prefx=a", /no parameter but prefix, not "prefx"/],
  ["redis://ada:12/hush@localhost", /^Redis URL: the path is a database's number; a password/],
  ["redis://ada:12?hush@localhost", /^Redis URL: there is no parameter but prefix; a password/],
] as const) {
  test(`refused: ${url}`, () => {
    assert.throws(() => parseRedisUrl(url), { reason: "CONFIG_INVALID", message: expected });
  });
}

test("a prefix may not hold braces, which would move the hash tag", () => {
  assert.equal(checkPrefix("team/mail:v1"), "team/mail:v1");
  for (const prefix of ["", "a{b", "a}b", "a b", "x".repeat(101)])
    assert.throws(() => checkPrefix(prefix), { reason: "CONFIG_INVALID" });
});
