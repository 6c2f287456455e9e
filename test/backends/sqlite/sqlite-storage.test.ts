import { SqliteStorage } from "../../../src/backends/sqlite/sqlite-storage.ts";
import { jointContract } from "../../contract/joint-contract.ts";
import { storageContract } from "../../contract/storage-contract.ts";
import { overFreshFile } from "./fresh.ts";

const setup = () => overFreshFile((path) => new SqliteStorage({ path }));

storageContract("sqlite", setup);
jointContract("sqlite", setup);
