import type { FileKind } from "../database.ts";
import type { Engine, Methods } from "../engine.ts";
import type { Meta } from "../meta.ts";
import type { Statements } from "../statements.ts";
import { Terms } from "../terms.ts";
import { Candidates } from "./candidates.ts";
import { Counters } from "./counters.ts";
import { Creates } from "./creates.ts";
import { DocumentTable } from "./documents.ts";
import { EmptyTaskLists } from "./empty-task-lists.ts";
import { Events } from "./events.ts";
import { HandOuts } from "./hand-outs.ts";
import { Intents } from "./intents.ts";
import { LeasedKeys } from "./leased-keys.ts";
import { LiveTasks } from "./live-tasks.ts";
import { Queries } from "./queries.ts";
import { QueueStates } from "./queue-states.ts";
import { ReadyTasks } from "./ready-tasks.ts";
import { Renewals } from "./renewals.ts";
import { Scans } from "./scans.ts";
import type { StorageCalls, StorageFacts } from "./storage-calls.ts";
import { Sweeps } from "./sweeps.ts";
import { TagIndex } from "./tag-index.ts";
import { Tails } from "./tails.ts";
import { TaskTable } from "./task-table.ts";
import { UniqueKeys } from "./unique-keys.ts";
import { RecordPacker } from "./verdicts.ts";
import { Writes } from "./writes.ts";

/** The file of a storage. A commit is on the disk before it is acknowledged. */
export const STORAGE_FILE: FileKind = {
  what: "storage",
  applicationId: 0x71746b73, // "qtks"
  version: 2,
  schema: new URL("../schema.sql", import.meta.url),
  unavailable: "STORAGE_UNAVAILABLE",
  synchronous: "FULL",
};

export interface StorageEngineParts {
  readonly statements: Statements;
  readonly meta: Meta;
  readonly now: number;
  readonly maxLogs: number;
}

type ReadName =
  | "ping"
  | "read"
  | "events"
  | "list"
  | "count"
  | "queueStats"
  | "overdue"
  | "intents"
  | "getDocuments"
  | "listDocuments";

type AllMethods = Methods<StorageCalls>;

/** Builds the parts of a storage's engine and names its methods. */
export class StorageEngine implements Engine {
  readonly facts: StorageFacts;
  readonly reads: Pick<AllMethods, ReadName>;
  readonly writes: Omit<AllMethods, ReadName>;
  readonly #terms: Terms;
  readonly #counters: Counters;
  readonly #empty: EmptyTaskLists;
  readonly #leased: LeasedKeys;
  readonly #handOuts: HandOuts;

  constructor({ statements, meta, now, maxLogs }: StorageEngineParts) {
    this.facts = { keyspaceId: meta.id("keyspace_id"), now };
    const terms = (this.#terms = new Terms(statements));
    const counters = (this.#counters = new Counters(statements));
    const tails = new Tails(statements);
    const leased = (this.#leased = new LeasedKeys());
    const tags = new TagIndex(statements);
    const empty = (this.#empty = new EmptyTaskLists());
    const ready = new ReadyTasks(statements, counters, empty);
    const table = new TaskTable({ statements, terms, tails, tags, counters, empty, leased });
    const uniqueKeys = new UniqueKeys(statements, table);
    const intents = new Intents(statements);
    const events = new Events(statements, maxLogs);
    const documents = new DocumentTable(statements);
    const handOuts = (this.#handOuts = new HandOuts({ table, ready, terms }));
    const creates = new Creates(table, uniqueKeys, intents);
    const writes = new Writes({ table, uniqueKeys, events, intents });
    const renewals = new Renewals(table);
    const sweeps = new Sweeps(statements, writes);
    const [scans, live] = [new Scans(statements), new LiveTasks(statements)];
    const candidates = new Candidates({ statements, table, scans, live, counters, terms });
    const queueStates = new QueueStates(statements, counters, terms);
    const queries = new Queries({ table, candidates, queueStates, terms });

    this.reads = {
      ping: () => void meta.get("keyspace_id"),
      read: ({ ids }) => readRecords(table, ids),
      events: (params) => events.page(params),
      list: (params, at) => queries.list(params, at),
      count: (params, at) => queries.count(params, at),
      queueStats: (params, at) => queueStates.stats(params, at),
      overdue: (params, at) => sweeps.overdue(params, at),
      intents: ({ minAgeMs, limit }, at) => intents.notedBefore(at - minAgeMs, limit),
      getDocuments: (params, at) => documents.get(params, at),
      listDocuments: (params, at) => documents.list(params, at),
    };
    this.writes = {
      create: (params, at) => creates.create(params, at),
      write: (params, at) => writes.write(params, at),
      renew: (params, at) => renewals.renew(params, at),
      remove: (params) => writes.remove(params),
      purge: (params, at) => sweeps.purge(params, at),
      handOut: (params, at) => handOuts.handOut(params, at),
      dropIntents: ({ ids }) => intents.drop(ids),
      putDocuments: (params, at) => documents.put(params, at),
      removeDocuments: (params, at) => documents.remove(params, at),
    };
  }

  beforeCommit(): void {
    this.#counters.flush();
  }

  afterCommit(): void {
    this.#handOuts.committed();
  }

  afterRollback(): void {
    this.#counters.discard();
    this.#empty.forget();
    this.#leased.forget();
    this.#handOuts.rolledBack();
    this.#terms.reload();
  }

  beforeClose(): void {}
}

/** A task that is not there has an empty piece. */
function readRecords(table: TaskTable, ids: readonly string[]): StorageCalls["read"]["answer"] {
  const records = new RecordPacker();
  for (const id of ids) {
    const row = table.byId(id);
    if (row === undefined) records.addParts(id);
    else records.add(row);
  }
  return records.done();
}
