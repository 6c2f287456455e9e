import assert from "node:assert/strict";
import { test } from "node:test";

import { QTasksError } from "../../src/core/errors.ts";
import type { Route } from "../../src/server/hooks.ts";
import { startToy } from "./toy.ts";

const page = { contentType: "text/plain", body: "mine" };

function throwing(path: string, error: Error): Route {
  const handle = () => {
    throw error;
  };
  return { path, open: true, handle };
}

test("a route that throws answers as a method does", async (t) => {
  const routes = [
    throwing("/boom", new Error("no connection to postgres://ada:hunter2@db")),
    throwing("/full", new QTasksError("RATE_LIMITED", "too many readers")),
  ];
  const { httpUrl, log } = await startToy(t, {}, { hooks: { routes } });
  const boom = await fetch(`${httpUrl}/boom`);
  const text = await boom.text();
  assert.deepEqual([boom.status, /hunter2|postgres/.test(text)], [500, false]);
  const entry = log.records.find(({ level }) => level === 50);
  assert.equal(entry?.["method"], "/boom");
  assert.match(JSON.stringify(entry), /hunter2/);
  assert.ok(text.includes(String(entry?.["errorId"])));
  const full = await fetch(`${httpUrl}/full`);
  assert.equal(full.status, 429);
  assert.match(await full.text(), /too many readers/);
});

test("an answer that can't be sent is the route's fault, and the log says what was expected", async (t) => {
  const answers = [undefined, { body: "x" }, { ...page, status: 9_999 }, { ...page, body: 3 }];
  const wrong = [...answers, { ...page, contentType: "text\nplain" }];
  const routes = wrong.map((answer, index) => ({
    path: `/${index}`,
    open: true,
    handle: () => answer as never,
  }));
  const { httpUrl, log } = await startToy(t, {}, { hooks: { routes } });
  for (const { path } of routes) assert.equal((await fetch(`${httpUrl}${path}`)).status, 500, path);
  const told = log.records.filter(({ level }) => level === 50).map((each) => JSON.stringify(each));
  assert.equal(told.length, wrong.length);
  for (const each of told)
    assert.match(each, /the page \/\d: expected \{ contentType, body, status \}/);
});

test("a route does nothing for a method that it does not answer", async (t) => {
  let handled = 0;
  const handle = () => {
    handled++;
    return page;
  };
  const routes = [{ path: "/act", handle }];
  const { httpUrl } = await startToy(t, {}, { hooks: { routes } });
  for (const [method, status] of Object.entries({ POST: 405, DELETE: 405, HEAD: 200, GET: 200 }))
    assert.equal((await fetch(`${httpUrl}/act`, { method })).status, status);
  assert.equal(handled, 2);
});

test("an open route needs no token, whatever its path begins with", async (t) => {
  const routes = [
    { path: "/schemas", open: true, handle: () => page },
    { path: "/guarded", handle: () => page },
  ];
  const { httpUrl } = await startToy(t, {}, { token: "secret", hooks: { routes } });
  const paths = ["/schemas", "/guarded", "/schema.binpb", "/schema/no.such.Service.binpb"];
  const statuses = paths.map(async (path) => (await fetch(`${httpUrl}${path}`)).status);
  assert.deepEqual(await Promise.all(statuses), [200, 401, 401, 401]);
});

test("a route where the server has a page of its own is refused by name", async (t) => {
  const reserved = ["/livez", "/readyz", "/schema.binpb", "/schema/mine"];
  for (const path of reserved)
    await assert.rejects(
      startToy(t, {}, { hooks: { routes: [{ path, handle: () => page }] } }),
      (error) => error instanceof QTasksError && error.message.startsWith(`the route ${path} is`),
    );
});
