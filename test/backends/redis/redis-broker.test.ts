import { brokerContract } from "../../contract/broker-contract.ts";
import { freshBroker } from "./fresh.ts";

brokerContract("redis", freshBroker);
