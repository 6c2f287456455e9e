import { backendContract } from "../../contract/backend-contract.ts";
import { pipelineContract } from "../../contract/pipeline-contract.ts";
import { DATASTORES, jointPlace } from "./shelves.ts";

for (const datastore of DATASTORES) {
  const setup = jointPlace(datastore);
  backendContract(datastore, setup);
  pipelineContract(datastore, "joint", setup);
}
