/** What shared state is made with. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { QTasksError } from "../../core/errors.ts";

export interface SharedStateOptions<
  Schema extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
> {
  /** Sets its keys apart from those of others: letters, digits, `.`, `_` and `-`, at most 100. */
  readonly prefix: string;
  /** Checks values before they are written, by any Standard Schema library. @default none */
  readonly schema?: Schema;
}

/** @internal CONFIG_INVALID names what is wrong. */
export function checkOptions({ prefix, schema }: SharedStateOptions): void {
  if (typeof prefix !== "string" || !/^[A-Za-z0-9._-]{1,100}$/.test(prefix)) {
    const expected = "1 to 100 letters, digits, dots, underscores and hyphens";
    throw invalid(`prefix: expected ${expected}; got ${JSON.stringify(prefix)}`);
  }
  if (schema !== undefined && typeof schema["~standard"]?.validate !== "function")
    throw invalid(`schema: expected a Standard Schema; got ${typeof schema}`);
}

function invalid(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", `shared state: ${message}`);
}
