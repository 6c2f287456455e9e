import { jointContract } from "../../../src/testing/contract/joint-contract.ts";
import { freshStorage } from "./fresh.ts";

jointContract("redis", freshStorage);
