/**
 * A user's service with rules on its messages, as a generator would make it of this proto. It is put together by hand, as
 * protovalidate ships its own proto generated only.
 */
import {
  createFileRegistry,
  createRegistry,
  fromJson,
  type DescService,
  type JsonValue,
  type Message,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { file_buf_validate_validate as validate } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { GenMessage, GenService } from "@bufbuild/protobuf/codegenv2";

type Person = Message & { name: string; email: string; addresses: Address[] };
type Address = Message & { zip: string };
type Greeting = Message & { text: string };

type Methods = {
  greet: { methodKind: "unary"; input: GenMessage<Person>; output: GenMessage<Greeting> };
  greetAll: {
    methodKind: "server_streaming";
    input: GenMessage<Person>;
    output: GenMessage<Greeting>;
  };
};

const LABEL = { one: "LABEL_OPTIONAL", many: "LABEL_REPEATED" } as const;

/** A field with rules, in protobuf's JSON. */
function field(name: string, number: number, rules: object, more: object = {}) {
  return {
    name,
    jsonName: name,
    number,
    type: "TYPE_STRING",
    label: LABEL.one,
    options: { "[buf.validate.field]": rules },
    ...more,
  };
}

const ADDRESSES = { type: "TYPE_MESSAGE", typeName: ".acme.people.v1.Address", label: LABEL.many };

function peopleFile(zip: object) {
  return {
    name: "acme/people/v1/people.proto",
    package: "acme.people.v1",
    syntax: "proto3",
    dependency: ["buf/validate/validate.proto"],
    messageType: [
      { name: "Address", field: [field("zip", 1, zip)] },
      {
        name: "Person",
        field: [
          field("name", 1, { string: { minLen: 1 } }),
          field("email", 2, { string: { email: true } }),
          field("addresses", 3, { repeated: { maxItems: 2 } }, ADDRESSES),
        ],
        options: {
          "[buf.validate.message]": {
            cel: [
              {
                id: "name.email",
                message: "a name is no email",
                expression: "this.name != this.email",
              },
            ],
          },
        },
      },
      { name: "Greeting", field: [field("text", 1, { string: { maxLen: 20 } })] },
    ],
    service: [
      {
        name: "People",
        method: ["Greet", "GreetAll"].map((name) => ({
          name,
          inputType: ".acme.people.v1.Person",
          outputType: ".acme.people.v1.Greeting",
          serverStreaming: name === "GreetAll",
        })),
      },
    ],
  };
}

/** The service; `zip` are the rules of an address's zip. */
export function people(zip: object = { string: { pattern: "^[0-9]{5}$" } }): GenService<Methods> {
  const registry = createRegistry(validate);
  const file = fromJson(FileDescriptorProtoSchema, peopleFile(zip) as JsonValue, { registry });
  const files = createFileRegistry(file, (name) =>
    name === validate.proto.name ? validate : undefined,
  );
  const service: DescService = files.getService("acme.people.v1.People")!;
  return service as GenService<Methods>;
}
