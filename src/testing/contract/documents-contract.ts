/**
 * The part of the storage contract about documents. `storageContract` runs it; a decorator of
 * documents may run it alone.
 */
import assert from "node:assert/strict";
import type { Document, DocumentPut, DocumentVerdict, Storage } from "../../storage/storage.ts";
import { describe } from "node:test";
import { everyByte } from "./records.ts";
import { Notices } from "./scenes.ts";
import { assertSame, declareWith, passed, type Declare, type Setup } from "./setup.ts";
import { twiceStorage } from "./twice.ts";

/** Declares the tests of {@link Storage.documents} alone. */
export function documentsContract(name: string, setup: Setup<Storage>): void {
  describe(`documents contract: ${name}`, () => documentTests(declareWith(setup, twiceStorage)));
}

const KEY = { kind: "session", key: "a" };

async function putOne(storage: Storage, item: Partial<DocumentPut> = {}): Promise<DocumentVerdict> {
  const [verdict] = await storage.documents.put({
    items: [{ ...KEY, value: Buffer.from("value"), ...item }],
  });
  return verdict!;
}

async function getOne(storage: Storage): Promise<Document | undefined> {
  const [document] = await storage.documents.get({ keys: [KEY] });
  return document;
}

export function documentTests(it: Declare<Storage>): void {
  it("a document is read as it was put", async ({ subject, once }) => {
    const before = subject.now();
    const verdict = await putOne(once, { value: everyByte(1_000) });
    assert.ok(verdict.kind === "put");
    const { document } = verdict;
    assertSame(document, {
      ...document,
      ...KEY,
      version: 1,
      value: everyByte(1_000),
      expiresAt: 0,
    });
    assert.ok(document.updatedAt >= before - 1_000 && document.updatedAt <= subject.now() + 1_000);
    const keys = [{ kind: "session", key: "b" }, KEY, { kind: "other", key: "a" }];
    assertSame(await subject.documents.get({ keys }), [undefined, document, undefined]);
  });

  it("values are any bytes, keys any text", async ({ subject }) => {
    const items = [
      { kind: "definition", key: "mail.send/v1:ü🐘", value: new Uint8Array(0) },
      { kind: "definition", key: "x".repeat(255), value: everyByte(256 * 1024) },
    ];
    await subject.documents.put({ items });
    const found = await subject.documents.get({ keys: items });
    assertSame(
      found.map((document) => document?.value),
      items.map(({ value }) => value),
    );
  });

  it("versions grow by one with each put, from one", async ({ once }) => {
    for (let version = 1; version <= 3; version++) {
      const verdict = await putOne(once);
      assert.equal(verdict.document?.version, version);
    }
    assert.equal((await getOne(once))?.version, 3);
  });

  it("an expected version is held to", async ({ subject }) => {
    const created = await putOne(subject, { expectedVersion: 0, value: Buffer.from("1") });
    assert.deepEqual([created.kind, created.document?.version], ["put", 1]);
    const changed = await putOne(subject, { expectedVersion: 1, value: Buffer.from("2") });
    assert.deepEqual([changed.kind, changed.document?.version], ["put", 2]);
    for (const expectedVersion of [0, 1, 3]) {
      const refused = await putOne(subject, { expectedVersion, value: Buffer.from("x") });
      assertSame(refused, { kind: "conflict", document: await getOne(subject) });
    }
    assertSame((await getOne(subject))?.value, Buffer.from("2"));
  });

  it("a version is expected of what is not there: a conflict with nothing", async ({ subject }) => {
    assertSame(await putOne(subject, { expectedVersion: 4 }), {
      kind: "conflict",
      document: undefined,
    });
    assert.equal(await getOne(subject), undefined);
  });

  it("of concurrent puts that expect one version one wins", async ({ once }) => {
    const verdicts = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        putOne(once, { expectedVersion: 0, value: Buffer.from(`value ${index}`) }),
      ),
    );
    assert.equal(verdicts.filter(({ kind }) => kind === "put").length, 1);
    assert.equal((await getOne(once))?.version, 1);
  });

  it("a list holds all of a kind, by key", async ({ subject }) => {
    const keys = ["b", "a", "B", "a-1", "10", "9"];
    const items = keys.map((key) => ({ kind: "pause", key, value: Buffer.from(key) }));
    await subject.documents.put({ items: [...items, { ...KEY, value: Buffer.from("x") }] });
    const documents = await subject.documents.list({ kind: "pause" });
    assert.deepEqual(
      documents.map(({ key }) => key),
      keys.toSorted(),
    );
    assertSame(
      documents.map(({ value }) => value),
      keys.toSorted().map((key) => Buffer.from(key)),
    );
    assertSame(await subject.documents.list({ kind: "none" }), []);
  });

  it("a document with a time to live is gone after it", async ({ subject, once }) => {
    const before = subject.now();
    const verdict = await putOne(once, { ttlMs: 150 });
    assert.ok(verdict.kind === "put");
    const { expiresAt } = verdict.document;
    assert.ok(expiresAt >= before - 850 && expiresAt <= subject.now() + 1_150);
    assert.equal((await getOne(once))?.version, 1);
    await passed(subject, expiresAt + 5);
    assert.equal(await getOne(subject), undefined);
    assertSame(await subject.documents.list({ kind: KEY.kind }), []);
    const again = await putOne(subject, { expectedVersion: 0 });
    assert.deepEqual([again.kind, again.document?.version], ["put", 1]);
  });

  it("each put sets the time to live anew", async ({ subject, once }) => {
    const first = await putOne(once, { ttlMs: 200 });
    assert.ok(first.kind === "put");
    const second = await putOne(once);
    assert.equal(second.document?.expiresAt, 0);
    await passed(subject, first.document.expiresAt + 5);
    assert.equal((await getOne(subject))?.version, 2);
  });

  it("a document that was removed is gone, one that was not there is no error", async ({
    subject,
  }) => {
    await putOne(subject);
    await subject.documents.remove({ keys: [KEY, { kind: "none", key: "none" }] });
    assert.equal(await getOne(subject), undefined);
    assertSame(await subject.documents.list({ kind: KEY.kind }), []);
    const again = await putOne(subject, { expectedVersion: 0 });
    assert.equal(again.document?.version, 1);
  });

  it("puts and removals are told, save those that nobody waits for", async ({ subject }) => {
    const notices = new Notices(subject);
    await putOne(subject, { kind: "quiet", notify: false });
    await putOne(subject);
    await notices.ofDocument(KEY.kind, KEY.key);
    const told = notices.all.length;
    await subject.documents.remove({ keys: [KEY] });
    await subject.documents.put({ items: [{ kind: "marker", key: "m", value: Buffer.from("") }] });
    await notices.ofDocument("marker", "m");
    const removed = notices.all.slice(told).filter((notice) => notice.kind === "document");
    assert.ok(removed.some((notice) => notice.key === KEY.key));
    assert.ok(
      !notices.all.some((notice) => notice.kind === "document" && notice.documentKind === "quiet"),
    );
    notices.end();
  });
}
