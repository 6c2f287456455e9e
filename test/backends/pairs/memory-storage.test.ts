import { backendContract } from "../../contract/backend-contract.ts";
import { pipelineContract } from "../../contract/pipeline-contract.ts";
import { pairsOf } from "./shelves.ts";

for (const candidate of pairsOf("memory")) {
  backendContract(candidate);
  pipelineContract(candidate);
}
