/** JSON names of fields, for descriptors without them: protoc leaves them out of the code that it generates for Python and Java. */
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import type {
  DescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";

/** Gives each field the name that protoc gives it where its file chose none. */
export function nameFields(file: FileDescriptorProto): void {
  file.extension.forEach(nameField);
  file.messageType.forEach(nameFieldsOf);
}

function nameFieldsOf(message: DescriptorProto): void {
  message.field.forEach(nameField);
  message.extension.forEach(nameField);
  message.nestedType.forEach(nameFieldsOf);
}

function nameField(field: FieldDescriptorProto): void {
  if (field.jsonName === "") field.jsonName = protoCamelCase(field.name);
}
