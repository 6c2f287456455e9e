/** The descriptor files that the server itself brings, which users' files import. */
import type { DescFile } from "@bufbuild/protobuf";
import {
  file_google_protobuf_any,
  file_google_protobuf_api,
  file_google_protobuf_compiler_plugin,
  file_google_protobuf_cpp_features,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_go_features,
  file_google_protobuf_java_features,
  file_google_protobuf_source_context,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
} from "@bufbuild/protobuf/wkt";
import { file_google_rpc_error_details } from "../../../gen/google/rpc/error_details_pb.ts";
import { file_google_rpc_status } from "../../../gen/google/rpc/status_pb.ts";
import { file_qtasksapi_v1_admin_service } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import { file_qtasksapi_v1_options } from "../../../gen/qtasksapi/v1/options_pb.ts";
import { file_qtasksapi_v1_system_service } from "../../../gen/qtasksapi/v1/system_service_pb.ts";
import { FileIndex } from "../file-index.ts";

/** By name; in a user's files, those of the same name are taken for these. */
export function ownFiles(): FileIndex {
  const index = new FileIndex();
  for (const file of FILES) index.add(file);
  return index;
}

// With their imports, these are all of qtasksapi.v1; of the well-known types, which each set brings in its own edition, all there are.
const FILES: readonly DescFile[] = [
  file_google_protobuf_any,
  file_google_protobuf_api,
  file_google_protobuf_compiler_plugin,
  file_google_protobuf_cpp_features,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_go_features,
  file_google_protobuf_java_features,
  file_google_protobuf_source_context,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
  file_qtasksapi_v1_admin_service,
  file_qtasksapi_v1_system_service,
  file_qtasksapi_v1_options,
  file_google_rpc_status,
  file_google_rpc_error_details,
];
