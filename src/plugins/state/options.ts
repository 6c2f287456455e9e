/** What shared state is made with. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { QTasksError } from "../../core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";
import { isSchema, SCHEMA } from "../../core/schema.ts";
import { typeName } from "../../core/shown.ts";

export interface SharedStateOptions<
  Schema extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
> {
  /** Sets its keys apart from those of others: letters, digits, `.`, `_` and `-`, at most 100. */
  readonly prefix: string;
  /** Checks values before they are written, by any Standard Schema library. @default none */
  readonly schema?: Schema;
}

const OPTIONS: NamesOf<SharedStateOptions> = { prefix: true, schema: true };

/** @internal CONFIG_INVALID names what is wrong. */
export function checkStateOptions(options: SharedStateOptions): void {
  checkConfigOptions("shared state", options, OPTIONS);
  const { prefix, schema } = options;
  if (typeof prefix !== "string" || !/^[A-Za-z0-9._-]{1,100}$/.test(prefix)) {
    const expected = "1 to 100 letters, digits, dots, underscores and hyphens";
    throw invalid(`prefix: expected ${expected}; got ${JSON.stringify(prefix)}`);
  }
  if (schema !== undefined && !isSchema(schema))
    throw invalid(`schema: expected ${SCHEMA}; got ${typeName(schema)}`);
}

function invalid(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", `shared state: ${message}`);
}
