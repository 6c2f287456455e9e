import { SqliteBroker } from "../../../src/backends/sqlite/sqlite-broker.ts";
import { brokerContract } from "../../../src/testing/contract/broker-contract.ts";
import { overFreshFile } from "./fresh.ts";

brokerContract("sqlite", () => overFreshFile((path) => new SqliteBroker({ path })));
