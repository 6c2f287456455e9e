import { SqliteStorage } from "../../../src/backends/sqlite/sqlite-storage.ts";
import { jointContract } from "../../../src/testing/contract/joint-contract.ts";
import { storageContract } from "../../../src/testing/contract/storage-contract.ts";
import { overFreshFile } from "./fresh.ts";

const setup = () => overFreshFile((path) => new SqliteStorage({ path }));

storageContract("sqlite", setup);
jointContract("sqlite", setup);
