import { readFile } from "node:fs/promises";
import { FILE_DESCRIPTOR_PROTOS, ofs, p2p, persist } from "@ofs/proto";
import Long from "long";
import descriptor from "protobufjs/ext/descriptor.js";
import { describe, expect, test } from "vitest";
import { generate } from "../scripts/generate.ts";

interface FileProto {
  name: string;
  package: string;
  service: { name: string; method: { name: string; serverStreaming?: boolean }[] }[];
  messageType: { name: string; field: { name: string; typeName?: string }[] }[];
}

const files = FILE_DESCRIPTOR_PROTOS.map(
  (bytes) => descriptor.FileDescriptorProto.decode(bytes) as unknown as FileProto,
);

describe("generated files", () => {
  test("are what the proto files give", { timeout: 60_000 }, async () => {
    for (const [name, text] of await generate()) {
      const checkedIn = await readFile(new URL(`../gen/${name}`, import.meta.url), "utf8");
      expect(checkedIn === text, `${name}: run npm run --prefix packages/proto generate`).toBe(
        true,
      );
    }
  });

  test("describe all services to reflection", () => {
    const methods = files.flatMap((file) =>
      file.service.flatMap(({ name, method }) =>
        method.map((each) => `/${file.package}.${name}/${each.name}`),
      ),
    );
    expect(methods.toSorted()).toEqual([
      "/grpc.health.v1.Health/Check",
      "/grpc.health.v1.Health/Watch",
      "/ofs.v1.InspectService/InspectGroups",
      "/ofs.v1.SchemaService/DescribeEntities",
      "/p2p.P2PCacheService/GetClusterConfigs",
      "/p2p.P2PCacheService/GetP2PCacheValues",
      "/p2p.P2PCacheService/SetP2PCacheValues",
      "/persist.FeatureService/PersistFeatures",
      "/retrieve.FeatureService/RetrieveDecodedResult",
      "/retrieve.FeatureService/RetrieveFeatures",
    ]);
  });

  test("name types and map entries as protoc does", () => {
    const peers = files.find((file) => file.name === "p2p.proto");
    const record = peers?.messageType.find(({ name }) => name === "CacheKeyValue");
    expect(record?.field.map(({ name, typeName }) => [name, typeName ?? ""])).toEqual([
      ["entity_label", ""],
      ["key_value", ".p2p.CacheKeyValue.KeyValueEntry"],
    ]);
  });

  test("carry 64-bit integers as Long", () => {
    const values = persist.Values.decode(Buffer.from([0x20, 0x05]));
    expect(values.int64Values).toEqual([Long.fromNumber(5)]);
    const ttl = ofs.v1.GroupSchema.decode(Buffer.from([0x20, 0x07])).ttlSeconds;
    expect(ttl).toEqual(Long.fromNumber(7, true));
  });

  test("BETTER 1: carry cache records as bytes", () => {
    const record = { entityLabel: "user", keyValue: { "1|2": Buffer.from([0xff, 0x00]) } };
    const decoded = p2p.CacheKeyValue.decode(p2p.CacheKeyValue.encode(record).finish());
    expect(Buffer.from(decoded.keyValue["1|2"] as Uint8Array)).toEqual(Buffer.from([0xff, 0x00]));
  });
});
