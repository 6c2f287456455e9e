/** Makes the app's tasks known to a server that has no worker of its own: calls are accepted before one comes. */
import type { Logger } from "pino";
import type { Component } from "../starter/starter.ts";
import { namingTasks } from "../worker/name-tasks.ts";
import type { Registration } from "../worker/registration.ts";
import { schemaOf } from "../worker/schema.ts";
import type { Connection } from "./connection.ts";

export interface DefinitionsPartOptions {
  readonly logger: Logger;
  /** Open by the time of the start. */
  readonly connection: () => Connection;
  /** The app's tasks at this moment. */
  readonly registrations: () => readonly Registration[];
}

export class DefinitionsPart implements Component {
  readonly name = "definitions";
  readonly #options: DefinitionsPartOptions;
  #isOn = false;

  constructor(options: DefinitionsPartOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#isOn = true;
    await this.#apply(this.#options.registrations());
  }

  async stop(): Promise<void> {
    this.#isOn = false;
  }

  /** A task was added to the app. */
  add(registration: Registration): void {
    if (!this.#isOn) return;
    this.#apply([registration]).catch((err: unknown) => {
      const { definition, place } = registration;
      const about = { err, task: definition.name, place };
      this.#options.logger.error(about, "a task could not be made known");
    });
  }

  async #apply(registrations: readonly Registration[]): Promise<void> {
    if (registrations.length === 0) return;
    const definitions = registrations.map(({ definition }) => definition);
    const files = registrations.flatMap(({ file }) => file ?? []);
    const { fileDescriptorSet } = schemaOf(files) ?? {};
    const { system } = this.#options.connection();
    await namingTasks(registrations, () =>
      system.applyTaskDefinitions({ definitions, fileDescriptorSet }),
    );
  }
}
