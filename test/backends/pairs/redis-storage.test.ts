import { backendContract } from "../../contract/backend-contract.ts";
import { DATASTORES, pairPlace } from "./shelves.ts";

for (const broker of DATASTORES)
  backendContract(`redis storage, ${broker} broker`, pairPlace("redis", broker));
