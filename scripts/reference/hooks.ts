/** The reference of all points at which plugins can hook in: docs/reference/hooks.md. */
import { componentOf, POINTS, type PointInfo, type PointName } from "../../src/plugins/points.ts";
import { readEventTypes, type EventType } from "./event-types.ts";

/** Below the checkout. */
export const HOOKS_FILE = "docs/reference/hooks.md";

const KINDS: Readonly<Record<PointInfo["kind"], string>> = {
  tell: "told, not waited for",
  wait: "told, and waited for one after the other",
  replace: "each gives what the next one gets",
  around: "each calls the rest by `next`",
};

const ERRORS: Readonly<Record<PointInfo["onError"], string>> = {
  isolated: "logged; what was under way goes on",
  fatal: "fails what was under way",
};

const HEAD = `<!-- Made by \`npm run generate:reference\` of src/plugins/points.ts: change it there. -->

# Hooks

All points at which a plugin can install a hook by \`scope.hook(POINT, hook)\`. [Writing a plugin](../guides/writing-a-plugin.md)
shows how.

- **Kind.** \`tell\`: hooks are ${KINDS.tell}; they are on the way of all tasks, and must be quick. \`wait\`: they are ${KINDS.wait}.
  \`replace\`: ${KINDS.replace}. \`around\`: ${KINDS.around}.
- **May replace.** Whether a hook can change what passes: by what it returns (\`replace\`), or by what it gives to \`next\` and returns
  (\`around\`).
- **An error.** \`isolated\`: ${ERRORS.isolated}. \`fatal\`: ${ERRORS.fatal}.
- **Per task.** Plugins of routers and tasks may hook here too, and hear of their tasks alone. Other points are for plugins of the whole
  app.

Hooks of one point are called in the order of their plugins. A point without hooks costs one comparison with \`undefined\`.
`;

/** The whole document, not formatted. */
export function hooksReference(root: string): string {
  const points = Object.entries(POINTS) as [PointName, PointInfo][];
  const components = [...new Set(points.map(([point]) => componentOf(point)))];
  const events = [...new Set(points.map(([, { event }]) => event))];
  const sections = components.map((component) =>
    sectionOf(
      component,
      points.filter(([point]) => componentOf(point) === component),
    ),
  );
  const types = readEventTypes(root, events).map(typeText);
  return [HEAD, ...sections, "## What passes\n", ...types].join("\n");
}

function sectionOf(component: string, points: readonly [PointName, PointInfo][]): string {
  const rows = points.map(([point, { kind, when, event, onError, perTask }]) => [
    `\`${point}\``,
    when,
    `\`${kind}\``,
    `[${event}](#${event.toLowerCase()})`,
    kind === "replace" || kind === "around" ? "yes" : "no",
    onError,
    perTask ? "yes" : "no",
  ]);
  const head = ["point", "when", "kind", "passes", "may replace", "an error", "per task"];
  return `## ${component}\n\n${table(head, rows)}`;
}

function typeText({ name, file, about, fields }: EventType): string {
  const rows = fields.map((field) => [`\`${field.name}\``, `\`${field.type}\``, field.about]);
  const link = `In [${file}](../../${file}).`;
  return `### ${name}\n\n${[about, link].join(" ").trim()}\n\n${table(["field", "type", ""], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.map(escapeCell).join(" | ")} |\n`).join("");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
