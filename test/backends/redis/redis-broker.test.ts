import { brokerContract } from "../../../src/testing/contract/broker-contract.ts";
import { freshBroker } from "./fresh.ts";

brokerContract("redis", freshBroker);
