import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";

const PROTO_FOLDER = fileURLToPath(new URL("../../../proto/", import.meta.url));
const GEN_FOLDER = fileURLToPath(new URL("../gen/", import.meta.url));

/** One file a package, in the order in which they appear in the generated module. */
const PROTO_FILES = ["health", "ofs_schema", "p2p", "persist", "retrieve"].map((name) =>
  join(PROTO_FOLDER, `${name}.proto`),
);

const STATIC_MODULE = ["-t", "static-module", "-w", "esm", "--es6", "--root", "ofs"];
const LEAN = ["--no-service", "--no-verify", "--no-typeurl", "--no-delimited", "--force-long"];

/** @returns text of each generated file by its name */
export async function generate(): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "ofs-proto-"));
  try {
    const plain = join(folder, "plain.js");
    const typed = join(folder, "typed.js");
    // The declarations are made from the comments, which the module itself is better without.
    await pbjs([...STATIC_MODULE, ...LEAN, "--no-comments", "-o", plain, ...PROTO_FILES]);
    await pbjs([...STATIC_MODULE, ...LEAN, "--dts", "-o", typed, ...PROTO_FILES]);
    return new Map([
      ["messages.js", await readFile(plain, "utf8")],
      ["messages.d.ts", await readFile(join(folder, "typed.d.ts"), "utf8")],
      ["file-descriptors.js", fileDescriptors()],
      ["file-descriptors.d.ts", FILE_DESCRIPTORS_TYPES],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function pbjs(args: readonly string[]): Promise<void> {
  const require = createRequire(import.meta.url);
  const entry = join(require.resolve("protobufjs-cli/package.json"), "../bin/pbjs");
  await promisify(execFile)(process.execPath, [entry, ...args]);
}

const FILE_DESCRIPTORS_TYPES = `/** Serialised google.protobuf.FileDescriptorProto in base64, by file name. */
export const FILE_DESCRIPTORS: Readonly<Record<string, string>>;
`;

/** The parts of google.protobuf.FileDescriptorProto and its like that need completing. */
interface FileProto {
  name: string;
  package: string;
  messageType: MessageProto[];
}

interface MessageProto {
  name: string;
  field: { name: string; typeName?: string }[];
  nestedType?: MessageProto[];
}

function fileDescriptors(): string {
  const root = new protobuf.Root();
  root.loadSync(PROTO_FILES, { keepCase: true });
  root.resolveAll();
  const { file } = root.toDescriptor("proto3") as unknown as { file: FileProto[] };
  const lines = file.map((proto) => {
    completeFile(root, proto);
    const bytes = descriptor.FileDescriptorProto.encode(proto).finish();
    return `  ${JSON.stringify(proto.name)}:\n    "${Buffer.from(bytes).toString("base64")}",`;
  });
  return `export const FILE_DESCRIPTORS = {\n${lines.join("\n")}\n};\n`;
}

/** Gives the file the names that protoc gives it: strict readers of reflection refuse others. */
function completeFile(root: protobuf.Root, file: FileProto): void {
  for (const message of file.messageType) {
    const type = root.lookupType(`${file.package}.${message.name}`);
    file.name = basename(type.filename ?? file.name);
    completeMessage(type, message);
  }
}

function completeMessage(type: protobuf.Type, message: MessageProto): void {
  for (const proto of message.field) {
    const field = type.fields[proto.name] as protobuf.Field;
    if (field instanceof protobuf.MapField) completeMap(type, message, field);
    else if (field.resolvedType !== null) proto.typeName = field.resolvedType.fullName;
  }
  for (const nested of message.nestedType ?? []) {
    const nestedType = type.get(nested.name);
    if (nestedType instanceof protobuf.Type) completeMessage(nestedType, nested);
  }
}

/** A map is a repeated message of its own, named after the field. */
function completeMap(type: protobuf.Type, message: MessageProto, map: protobuf.MapField): void {
  const proto = message.field.find(({ name }) => name === map.name);
  const entry = message.nestedType?.find(({ name }) => name === proto?.typeName);
  if (proto === undefined || entry === undefined) {
    throw new Error(`${type.fullName}.${map.name} has no entry type`);
  }
  const words = map.name.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  entry.name = `${words.join("")}Entry`;
  proto.typeName = `${type.fullName}.${entry.name}`;
  for (const part of entry.field) {
    if (part.name === "value" && map.resolvedType !== null) {
      part.typeName = map.resolvedType.fullName;
    }
  }
}

async function main(): Promise<void> {
  for (const [name, text] of await generate()) await writeFile(join(GEN_FOLDER, name), text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
