import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { TaskSpecSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import { labelTag, parentTag, tagsOf, uniqueOf, uniqueTag } from "../../src/core/tags.ts";

test("a spec's labels, parent and unique key", () => {
  const spec = create(TaskSpecSchema, {
    name: "mail.send",
    options: { labels: { team: "red", größe: "µ" } },
    parentTaskId: "p1",
    unique: { key: "k1" },
  });
  assert.deepEqual(
    tagsOf(spec).toSorted(),
    [
      labelTag("team", "red"),
      labelTag("größe", "µ"),
      parentTag("p1"),
      uniqueTag("mail.send", "k1"),
    ].toSorted(),
  );
});

test("a spec without any has no tags", () => {
  assert.deepEqual(tagsOf(create(TaskSpecSchema, { name: "x" })), []);
  assert.deepEqual(tagsOf(create(TaskSpecSchema, { name: "x", unique: { key: "" } })), []);
});

test("tags of different kinds and parts are never alike", () => {
  const tags = [
    labelTag("a", "b"),
    labelTag("ab", ""),
    labelTag("", "ab"),
    uniqueTag("a", "b"),
    parentTag("a"),
  ];
  assert.equal(new Set(tags).size, tags.length);
});

test("the unique key is found among the tags", () => {
  const tags = [labelTag("u", "x"), parentTag("u"), uniqueTag("mail.send", "k:1/2")];
  assert.deepEqual(uniqueOf(tags), ["mail.send", "k:1/2"]);
  assert.equal(uniqueOf(tags.slice(0, 2)), undefined);
});
