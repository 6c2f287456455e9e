import { backendContract } from "../../contract/backend-contract.ts";
import { DATASTORES, jointPlace } from "./shelves.ts";

for (const datastore of DATASTORES) backendContract(datastore, jointPlace(datastore));
