/** Inputs checked by any Standard Schema library: zod, valibot, arktype. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { fieldErrors } from "./errors.ts";

/** What messages call what {@link isSchema} looks for. */
export const SCHEMA = "a Standard Schema, as zod, valibot and arktype make them";

/** Whether it is a Standard Schema, of whatever library: some are functions. */
export function isSchema(given: unknown): given is StandardSchemaV1 {
  const { "~standard": standard } = Object(given) as Partial<StandardSchemaV1>;
  return typeof standard?.validate === "function";
}

/** What the schema makes of the value. FIELD_VIOLATION with one violation for each issue. */
export async function checkBySchema(
  schema: StandardSchemaV1,
  value: unknown,
  field: string,
): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  throw fieldErrors(
    result.issues.map(({ message, path }) => ({
      field: pathOf(field, path),
      description: message,
    })),
  );
}

function pathOf(field: string, path: StandardSchemaV1.Issue["path"]): string {
  let text = field;
  for (const part of path ?? []) {
    const key = typeof part === "object" ? part.key : part;
    text += typeof key === "number" ? `[${key}]` : `.${String(key)}`;
  }
  return text;
}
