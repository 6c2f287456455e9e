/** Standard Schemas as any library makes them. */
import type { StandardSchemaV1 } from "@standard-schema/spec";

type Fields = Readonly<Record<string, unknown>>;

/** Takes `{ id: "12" }`, makes `{ id: 12 }`; refuses other texts at `id`, and at once or later. */
export function digits(later = false): StandardSchemaV1<{ id: string }, { id: number }> {
  const validate = (value: unknown): StandardSchemaV1.Result<{ id: number }> => {
    const { id } = (value ?? {}) as Fields;
    return typeof id === "string" && /^\d+$/.test(id)
      ? { value: { id: Number(id) } }
      : { issues: [{ message: "expected digits", path: ["id"] }] };
  };
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => (later ? Promise.resolve(validate(value)) : validate(value)),
    },
  };
}
