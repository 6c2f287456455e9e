import { backendContract } from "../../contract/backend-contract.ts";
import { DATASTORES, pairPlace } from "./shelves.ts";

for (const broker of DATASTORES)
  backendContract(`sqlite storage, ${broker} broker`, pairPlace("sqlite", broker));
