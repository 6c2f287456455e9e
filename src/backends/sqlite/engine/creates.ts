import type { CreateVerdict, UniqueClaim } from "../../../storage/storage.ts";
import { unpack } from "../packed.ts";
import type { Intents } from "./intents.ts";
import type { PackedCreate, PackedVerdicts } from "./storage-calls.ts";
import { tagsOf } from "./split-record.ts";
import type { NewTask } from "./task-inserts.ts";
import type { TaskTable } from "./task-table.ts";
import type { UniqueKeys } from "./unique-keys.ts";
import { VerdictPacker } from "./verdicts.ts";

type Kind = CreateVerdict["kind"];

interface Claimed extends NewTask {
  readonly claim: UniqueClaim;
}

/** Adds tasks. */
export class Creates {
  readonly #table: TaskTable;
  readonly #uniqueKeys: UniqueKeys;
  readonly #intents: Intents;

  constructor(table: TaskTable, uniqueKeys: UniqueKeys, intents: Intents) {
    this.#table = table;
    this.#uniqueKeys = uniqueKeys;
    this.#intents = intents;
  }

  create(params: PackedCreate, now: number): PackedVerdicts<Kind> {
    const verdicts = new VerdictPacker<Kind>();
    const created: string[] = [];
    let plain: NewTask[] = [];
    for (const [at, record] of unpack(params.packed).entries()) {
      const [id, claim] = [params.ids[at]!, params.claims[at]];
      if (claim === undefined) {
        plain.push({ id, record });
        continue;
      }
      // First, in the order of the call: an id may be named twice.
      created.push(...this.#createPlain(plain, verdicts, now));
      plain = [];
      if (this.#createUnique({ id, record, claim }, verdicts, now)) created.push(id);
    }
    created.push(...this.#createPlain(plain, verdicts, now));
    this.#intents.note(params.intentId, created, now);
    return verdicts.done();
  }

  /** The ids of those that are new. */
  #createPlain(
    tasks: readonly NewTask[],
    verdicts: VerdictPacker<Kind>,
    now: number,
  ): readonly string[] {
    const seqs = this.#table.insert(tasks, now);
    const created: string[] = [];
    for (const [at, { id }] of tasks.entries()) {
      if (seqs[at] === 0) verdicts.add("exists", this.#table.byId(id));
      else {
        verdicts.add("created");
        created.push(id);
      }
    }
    return created;
  }

  /** Whether it is new. */
  #createUnique(
    { id, record, claim }: Claimed,
    verdicts: VerdictPacker<Kind>,
    now: number,
  ): boolean {
    const known = this.#table.byId(id);
    const tags = tagsOf(record);
    const holder = known ?? this.#uniqueKeys.holderAgainst(id, tags, claim, now);
    if (holder !== undefined) {
      verdicts.add(known === undefined ? "held" : "exists", holder);
      return false;
    }
    const [seq] = this.#table.insert([{ id, record }], now);
    this.#uniqueKeys.take(seq!, tags, claim);
    verdicts.add("created");
    return true;
  }
}
