/** Descriptor sets side by side: what one worker sends must not spoil what is shown of the others. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  file_google_protobuf_descriptor,
  FileDescriptorSetSchema,
  type FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { linkedFiles } from "../../../src/server/durable/linked-files.ts";
import { ownFiles } from "../../../src/server/durable/own-files.ts";
import { userServices } from "../../../src/server/durable/user-services.ts";

type FileInit = MessageInitShape<typeof FileDescriptorProtoSchema>;
type Fields = Exclude<FileInit, { readonly $typeName: string }>;

const own = ownFiles();

/** A file with a service of one method, whose messages are of this type. */
function serviceFile(name: string, more: Fields = {}, type = "Message"): Fields {
  const at = name.lastIndexOf(".");
  const scope = at < 0 ? "" : `.${name.slice(0, at)}`;
  const typeName = type.startsWith(".") ? type : `${scope}.${type}`;
  const method = [{ name: "Do", inputType: typeName, outputType: typeName }];
  return {
    name: `${name}.proto`,
    syntax: "proto3",
    ...(at < 0 ? {} : { package: name.slice(0, at) }),
    messageType: [{ name: "Message" }],
    service: [{ name: name.slice(at + 1), method }],
    ...more,
  };
}

function setOf(...file: FileInit[]) {
  const message = create(FileDescriptorSetSchema, { file });
  const fileDescriptorSet = toBinary(FileDescriptorSetSchema, message);
  const digest = createHash("sha256").update(fileDescriptorSet).digest("hex");
  return { digest, fileDescriptorSet, updatedAt: 0 };
}

/** Services of these names by these sets, the newest first. */
const shown = (names: string[], ...sets: ReturnType<typeof setOf>[]) =>
  userServices(new Set(names), sets, own);

const namesOf = (services: ReturnType<typeof shown>) =>
  services.files.map((file) => file.proto.name);

/** Two services of which the second is left out of the image that both would share, for this. */
function assertLeftOut(services: ReturnType<typeof shown>, name: string, why: RegExp): void {
  assert.match(services.conflicts.get(name)?.join() ?? "no conflict", why);
  assert.ok(services.services.has(name), "has an image of its own");
  assert.ok(!namesOf(services).includes(`${name}.proto`));
}

describe("descriptor sets of workers in two languages", () => {
  const field = { name: "message_id", number: 1, type: Type.STRING, label: Label.OPTIONAL };
  const fileOf = (more: Fields, jsonName?: string) => {
    const messageType = [{ name: "Message", field: [{ ...field, jsonName }] }];
    return serviceFile("mail.Tasks", { messageType, ...more });
  };

  it("have JSON names where the language's generator left them out", () => {
    const { services } = shown(["mail.Tasks"], setOf(fileOf({})));
    const [messageId] = services.get("mail.Tasks")!.methods[0]!.input.fields;
    assert.equal(messageId!.jsonName, "messageId");
  });

  it("agree, whatever they say to their generators", () => {
    const go = setOf(fileOf({ options: { goPackage: "example.com/mail" } }, "messageId"));
    const java = setOf(fileOf({ options: { javaPackage: "com.example.mail" } }));
    const { conflicts, superseded } = shown(["mail.Tasks"], go, java);
    assert.deepEqual([...conflicts], []);
    assert.deepEqual([...superseded], [java.digest]);
  });
});

describe("descriptor sets", () => {
  it("may have no package", () => {
    const services = shown(["Greeter"], setOf(serviceFile("Greeter")));
    assert.equal(services.services.get("Greeter")?.method["do"]?.input.typeName, "Message");
    assert.deepEqual(namesOf(services), ["Greeter.proto"]);
  });

  it("that the server's own files don't go with spoil no others", () => {
    const file = { name: "qtasksapi/v1/options.proto", package: "acme", syntax: "proto3" };
    const foreign = { ...file, messageType: [{ name: "Foreign" }] };
    const odd = serviceFile("a.Odd", { dependency: [file.name] }, ".acme.Foreign");
    const services = shown(["a.Odd", "b.Good"], setOf(foreign, odd), setOf(serviceFile("b.Good")));
    assert.match(services.conflicts.get("a.Odd")!.join(), /can't be shown: .*acme\.Foreign/);
    assert.deepEqual([...services.services.keys()], ["b.Good"]);
    assert.equal(services.index.file("a.Odd.proto"), undefined);
  });

  it("are replaced by older ones where they can't be shown", () => {
    const file = { name: "google/protobuf/any.proto", package: "acme", syntax: "proto3" };
    const foreign = { ...file, messageType: [{ name: "Foreign" }] };
    const odd = serviceFile("a.Tasks", { dependency: [file.name] }, ".acme.Foreign");
    const services = shown(["a.Tasks"], setOf(foreign, odd), setOf(serviceFile("a.Tasks")));
    assert.equal(services.services.get("a.Tasks")?.method["do"]?.input.typeName, "a.Message");
  });

  it("may use all of google.rpc", () => {
    const dependency = ["google/rpc/error_details.proto"];
    const file = serviceFile("a.Tasks", { dependency }, ".google.rpc.QuotaFailure");
    const messageType = ["ErrorInfo", "QuotaFailure"].map((name) => ({ name }));
    const name = dependency[0]!;
    const details = { name, package: "google.rpc", syntax: "proto3", messageType };
    const services = shown(["a.Tasks"], setOf(details, file));
    assert.equal(services.conflicts.size, 0);
    assert.ok(services.services.has("a.Tasks"));
  });

  it("can't bring the server's own messages once more", () => {
    const messageType = [{ name: "Task" }];
    const copy = { name: "copy.proto", package: "qtasksapi.v1", syntax: "proto3", messageType };
    const file = serviceFile("a.Tasks", { dependency: [copy.name] });
    assertLeftOut(shown(["a.Tasks"], setOf(copy, file)), "a.Tasks", /^qtasksapi\.v1\.Task is/);
  });

  it("can't have a service where others have a package", () => {
    const sets = [setOf(serviceFile("acme.v1.Tasks")), setOf(serviceFile("acme"))];
    assertLeftOut(shown(["acme.v1.Tasks", "acme"], ...sets), "acme", /^acme is declared/);
    const turned = shown(["acme.v1.Tasks", "acme"], ...sets.toReversed());
    assertLeftOut(turned, "acme.v1.Tasks", /^acme is declared/);
  });

  it("can't take one number of an option each", () => {
    const option = (name: string): Fields => {
      const field = { number: 50_001, type: Type.STRING, label: Label.OPTIONAL };
      const extendee = ".google.protobuf.MethodOptions";
      const dependency = ["google/protobuf/descriptor.proto"];
      return { dependency, extension: [{ ...field, name, jsonName: name, extendee }] };
    };
    const { proto } = file_google_protobuf_descriptor;
    const services = shown(
      ["a.Red", "b.Blue"],
      setOf(proto, serviceFile("a.Red", option("red"))),
      setOf(proto, serviceFile("b.Blue", option("blue"))),
    );
    assertLeftOut(services, "b.Blue", /^google\.protobuf\.MethodOptions\[50001\] is/);
  });

  it("can't declare a name twice by themselves", () => {
    const copy = { name: "copy.proto", package: "a", syntax: "proto3" };
    const twice = { ...copy, messageType: [{ name: "Message" }] };
    const file = serviceFile("a.Tasks", { dependency: [copy.name] });
    assertLeftOut(shown(["a.Tasks"], setOf(twice, file)), "a.Tasks", /^a\.Message is/);
  });

  it("agree where they describe a service alike, whatever else is in them", () => {
    const sets = [
      setOf(serviceFile("a.One"), serviceFile("b.Two")),
      setOf(serviceFile("a.One"), serviceFile("c.Three")),
    ];
    assert.equal(shown(["a.One", "b.Two"], ...sets).conflicts.size, 0);
  });

  it("may import as much as a message holds", () => {
    const count = 2_000;
    const file = Array.from({ length: count }, (_, at) => ({
      name: `${at}`,
      syntax: "proto3",
      dependency: Array.from({ length: 50 }, (__, by) => `${at + by + 1}`).filter(
        (name) => Number(name) < count,
      ),
    }));
    const startedAt = performance.now();
    assert.equal(linkedFiles(setOf(...file).fileDescriptorSet).length, count);
    assert.ok(performance.now() - startedAt < 1_000);
  });

  it("that import in a circle are refused", () => {
    const files = [
      { name: "a", dependency: ["b"] },
      { name: "b", dependency: ["a"] },
    ];
    assert.throws(() => linkedFiles(setOf(...files).fileDescriptorSet), /a imports b imports a/);
  });
});
