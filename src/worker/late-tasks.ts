/** Handlers that come while the worker runs. */
import type { Registration, Registry } from "./registration.ts";
import type { Session } from "./session.ts";

interface Late extends PromiseWithResolvers<void> {
  readonly registration: Registration;
}

/** Tells the server of them: those that come at once together and, where it refuses them, each by itself. */
export class LateTasks {
  readonly #registry: Registry;
  readonly #session: Session;
  #waiting: Late[] = [];
  #isTelling = false;

  constructor(registry: Registry, session: Session) {
    this.#registry = registry;
    this.#session = session;
  }

  /**
   * Resolves once the server knows of it. Rejects where the name is taken, the server refuses it, or the worker stops:
   * it is then not part of the registry.
   */
  add(registration: Registration): Promise<void> {
    const late = { registration, ...Promise.withResolvers<void>() };
    this.#waiting.push(late);
    if (!this.#isTelling) void this.#tellAll();
    return late.promise;
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    while (this.#waiting.length > 0) await this.#tell(this.#waiting.splice(0));
    this.#isTelling = false;
  }

  async #tell(batch: readonly Late[]): Promise<void> {
    try {
      await this.#tellOf(batch);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length === 1) batch[0]!.reject(error);
      else for (const late of batch) await this.#tell([late]);
    }
  }

  async #tellOf(batch: readonly Late[]): Promise<void> {
    const added: string[] = [];
    try {
      for (const { registration } of batch) {
        this.#registry.add(registration);
        added.push(registration.definition.name);
      }
      await this.#session.tell();
    } catch (error) {
      for (const name of added) this.#registry.remove(name);
      // A server may have taken the names before it refused their schema. What it says now it says again next time.
      await this.#session.tell().catch(() => undefined);
      throw error;
    }
  }
}
