/**
 * Tags are the index terms of a task, fixed when it is created: storages keep an index entry for
 * each, and drop it with the task. Parts are joined by a character that no name can hold.
 */
import type { TaskSpec } from "../../gen/qtasksapi/v1/task_pb.ts";

const SEPARATOR = "\u001f";

/** `l`: a label, `p`: the parent, `u`: the unique key. */
export function labelTag(key: string, value: string): string {
  return ["l", key, value].join(SEPARATOR);
}

export function labelTags(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([key, value]) => labelTag(key, value));
}

export function parentTag(taskId: string): string {
  return ["p", taskId].join(SEPARATOR);
}

export function uniqueTag(name: string, key: string): string {
  return ["u", name, key].join(SEPARATOR);
}

/** All tags of a spec, whose labels have become `ofLabels`; that list itself where there are no others. */
export function tagsOf(
  spec: TaskSpec,
  ofLabels: readonly string[] = labelTags(spec.options?.labels ?? {}),
): readonly string[] {
  const { name, parentTaskId, unique } = spec;
  const uniqueKey = unique?.key ?? "";
  if (parentTaskId === "" && uniqueKey === "") return ofLabels;
  const tags = [...ofLabels];
  if (parentTaskId !== "") tags.push(parentTag(parentTaskId));
  if (uniqueKey !== "") tags.push(uniqueTag(name, uniqueKey));
  return tags;
}

/** The unique key among a task's tags as `[name, key]`, if it has one. */
export function uniqueOf(
  tags: readonly string[],
): readonly [name: string, key: string] | undefined {
  const tag = tags.find((candidate) => candidate.startsWith(`u${SEPARATOR}`));
  if (tag === undefined) return undefined;
  const [, name, key] = tag.split(SEPARATOR);
  return [name!, key!];
}
