/** The rules that users' protos give their messages, by protovalidate. */
import { create, type DescMessage, type MessageShape, type Registry } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import type { Validator, Violation } from "@bufbuild/protovalidate";
import { fieldErrors, QTasksError } from "../../core/errors.ts";

/** Checks messages by their rules. */
export class MessageRules {
  readonly #validator: Validator;
  readonly #compiled = new Set<DescMessage>();

  constructor(validator: Validator) {
    this.#validator = validator;
  }

  /**
   * CONFIG_INVALID where rules of the message, or of one in it, make no sense: they would refuse each message as it
   * comes.
   */
  compile(schema: DescMessage): void {
    if (this.#compiled.has(schema)) return;
    this.#compiled.add(schema);
    const { kind, error } = this.#validator.validate(schema, create(schema));
    if (kind === "error" && error.name === "CompilationError") throw senseless(schema, error);
    for (const { message } of schema.fields) if (message !== undefined) this.compile(message);
  }

  /** FIELD_VIOLATION with one violation for each rule that is broken; `field` is what the message is to its reader. */
  check<S extends DescMessage>(schema: S, message: MessageShape<S>, field: string): void {
    const { kind, error, violations } = this.#validator.validate(schema, message);
    if (kind === "invalid") throw fieldErrors(violations.map((each) => violationOf(each, field)));
    if (kind === "error")
      throw new QTasksError("FIELD_VIOLATION", `${field}: ${error.message}`, { cause: error });
  }
}

/** Loads protovalidate, which programs without rules need not have. CONFIG_INVALID where it is not installed. */
export async function loadRules(registry: Registry | undefined): Promise<MessageRules> {
  try {
    const { createValidator } = await import("@bufbuild/protovalidate");
    return new MessageRules(createValidator(registry === undefined ? {} : { registry }));
  } catch (cause) {
    throw new QTasksError(
      "CONFIG_INVALID",
      `protovalidate: install @bufbuild/protovalidate beside qtasks: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function senseless({ typeName }: DescMessage, cause: Error): QTasksError {
  const message = `protovalidate: the rules of ${typeName}: ${cause.message}`;
  return new QTasksError("CONFIG_INVALID", message, { cause });
}

function violationOf({ field, message, ruleId, forKey }: Violation, prefix: string) {
  const path = pathToString(field);
  const dot = path === "" || path.startsWith("[") ? "" : ".";
  const what = forKey ? `key: ${message}` : message;
  return { field: `${prefix}${dot}${path}`, description: `${what} [${ruleId}]` };
}
