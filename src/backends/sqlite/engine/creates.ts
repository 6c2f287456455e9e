import type { CreateVerdict, UniqueClaim } from "../../../storage/storage.ts";
import { unpack } from "../packed.ts";
import type { Intents } from "./intents.ts";
import type { PackedCreate, PackedVerdicts } from "./storage-calls.ts";
import { tagsOf } from "./split-record.ts";
import type { TaskTable } from "./task-table.ts";
import type { UniqueKeys } from "./unique-keys.ts";
import { VerdictPacker } from "./verdicts.ts";

type Kind = CreateVerdict["kind"];

interface Creation {
  readonly id: string;
  readonly record: Buffer;
  readonly claim: UniqueClaim | undefined;
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
    const records = unpack(params.packed);
    params.ids.forEach((id, at) => {
      const creation = { id, record: records[at]!, claim: params.claims[at] };
      if (this.#create(creation, verdicts, now)) created.push(id);
    });
    this.#intents.note(params.intentId, created, now);
    return verdicts.done();
  }

  /** Whether it is new. */
  #create(creation: Creation, verdicts: VerdictPacker<Kind>, now: number): boolean {
    const { id, record, claim } = creation;
    if (claim !== undefined) return this.#createUnique({ ...creation, claim }, verdicts, now);
    if (this.#table.insert(id, record, now) === 0) {
      verdicts.add("exists", this.#table.byId(id));
      return false;
    }
    verdicts.add("created");
    return true;
  }

  #createUnique(
    { id, record, claim }: Creation & { readonly claim: UniqueClaim },
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
    this.#uniqueKeys.take(this.#table.insert(id, record, now), tags, claim);
    verdicts.add("created");
    return true;
  }
}
