import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
      ["file-descriptors.js", await fileDescriptors()],
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

async function fileDescriptors(): Promise<string> {
  const root = new protobuf.Root();
  await root.load(PROTO_FILES, { keepCase: true });
  root.resolveAll();
  const { file } = root.toDescriptor("proto3") as unknown as {
    file: { name: string; package: string }[];
  };
  const lines = file.map((proto) => {
    const bytes = descriptor.FileDescriptorProto.encode(proto).finish();
    return `  ${JSON.stringify(proto.name)}:\n    "${Buffer.from(bytes).toString("base64")}",`;
  });
  return `export const FILE_DESCRIPTORS = {\n${lines.join("\n")}\n};\n`;
}

async function main(): Promise<void> {
  for (const [name, text] of await generate()) await writeFile(join(GEN_FOLDER, name), text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
