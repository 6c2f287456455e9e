import { storageContract } from "../../contract/storage-contract.ts";
import { freshStorage } from "./fresh.ts";

storageContract("redis", freshStorage);
