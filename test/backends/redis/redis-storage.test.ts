import { storageContract } from "../../../src/testing/contract/storage-contract.ts";
import { freshStorage } from "./fresh.ts";

storageContract("redis", freshStorage);
