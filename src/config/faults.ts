/** Collects what is wrong with the configuration, so that one error names all of it. */
import { QTasksError, type FieldViolation } from "../core/errors.ts";

export class ConfigFaults {
  readonly #found: FieldViolation[] = [];

  /** `where`: the option, variable or file, as the user knows it. */
  add(where: string, description: string): void {
    this.#found.push({ field: where, description });
  }

  /** CONFIG_INVALID, with a line for each fault where there are several, and each as a field; nothing where all is well. */
  throwIfAny(): void {
    const [first, ...others] = this.#found.map(
      ({ field, description }) => `${field}: ${description}`,
    );
    if (first === undefined) return;
    const all = [`${others.length + 1} faults in the configuration`, first, ...others].join("\n  ");
    throw new QTasksError("CONFIG_INVALID", others.length === 0 ? first : all, {
      fields: this.#found,
      metadata: { option: this.#found.map(({ field }) => field).join(", ") },
    });
  }
}
