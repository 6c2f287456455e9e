import { jointContract } from "../../contract/joint-contract.ts";
import { freshStorage } from "./fresh.ts";

jointContract("redis", freshStorage);
