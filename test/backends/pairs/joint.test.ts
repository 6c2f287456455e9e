import { backendContract } from "../../contract/backend-contract.ts";
import { pipelineContract } from "../../contract/pipeline-contract.ts";
import { DATASTORES, jointBackend } from "./shelves.ts";

for (const candidate of DATASTORES.map(jointBackend)) {
  backendContract(candidate);
  pipelineContract(candidate);
}
