import { backendContract } from "../../contract/backend-contract.ts";
import { pipelineContract } from "../../contract/pipeline-contract.ts";
import { pairsOf } from "./shelves.ts";

for (const candidate of pairsOf("sqlite")) {
  backendContract(candidate);
  pipelineContract(candidate);
}
