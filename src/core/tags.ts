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

export function isLabelTag(tag: string): boolean {
  return tag.startsWith(`l${SEPARATOR}`);
}

export function parentTag(taskId: string): string {
  return ["p", taskId].join(SEPARATOR);
}

export function uniqueTag(name: string, key: string): string {
  return ["u", name, key].join(SEPARATOR);
}

/** All tags of a spec whose options are the effective ones. */
export function tagsOf(spec: TaskSpec): string[] {
  const tags = Object.entries(spec.options?.labels ?? {}).map(([key, value]) =>
    labelTag(key, value),
  );
  if (spec.parentTaskId !== "") tags.push(parentTag(spec.parentTaskId));
  if (spec.unique !== undefined && spec.unique.key !== "")
    tags.push(uniqueTag(spec.name, spec.unique.key));
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
