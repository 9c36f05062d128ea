/*
 * Compares zstd packages on payloads as blocks have them. The candidates are no dependencies of this package: install them in
 * a folder of their own and name it:
 *
 *   npm install --ignore-scripts @bokuweb/zstd-wasm @hpcc-js/wasm-zstd @foxglove/wasm-zstd zstd-codec zstddec fzstd \
 *     @toondepauw/node-zstd
 *   node --conditions=@ofs/source --import tsx bench/zstd-candidates.mjs FOLDER
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as zlib from "node:zlib";
import { WasmZstdCodec } from "../src/zstd/wasm-zstd.ts";

const folder = join(process.cwd(), process.argv[2] ?? ".");
const require = createRequire(join(folder, "package.json"));
const LEVEL = 3;
const ROUNDS = 7;
const ROUND_NS = 2e7;

async function load(name, start) {
  try {
    return await start(name);
  } catch (error) {
    process.stdout.write(`${name}: ${error.message}\n`);
    return undefined;
  }
}

const importFrom = (name) => import(pathToFileURL(require.resolve(name)).href);

const ours = new WasmZstdCodec();
const candidates = [
  {
    name: "this package",
    compress: (bytes) => ours.compress(bytes, LEVEL) ?? bytes,
    decompress: (frame, size) => ours.decompress(frame, size),
  },
  await load("@foxglove/wasm-zstd", async (name) => {
    const zstd = require(name);
    await zstd.isLoaded;
    return {
      name,
      compress: (bytes) => zstd.compress(bytes, LEVEL),
      decompress: (frame, size) => zstd.decompress(frame, size),
    };
  }),
  await load("@bokuweb/zstd-wasm", async (name) => {
    const zstd = require(name);
    await zstd.init();
    return {
      name,
      compress: (bytes) => zstd.compress(bytes, LEVEL),
      decompress: (frame, size) => zstd.decompress(frame, { defaultHeapSize: size }),
    };
  }),
  await load("@hpcc-js/wasm-zstd", async (name) => {
    const zstd = await (await importFrom(name)).Zstd.load();
    return {
      name,
      compress: (bytes) => zstd.compress(bytes, LEVEL),
      decompress: (frame) => zstd.decompress(frame),
    };
  }),
  await load("zstd-codec", async (name) => {
    const { ZstdCodec } = require(name);
    const zstd = await new Promise((resolve) => {
      ZstdCodec.run((codec) => resolve(new codec.Simple()));
    });
    return {
      name,
      compress: (bytes) => zstd.compress(bytes, LEVEL),
      decompress: (frame) => zstd.decompress(frame),
    };
  }),
  await load("@toondepauw/node-zstd", async (name) => {
    const { Encoder, Decoder } = require(name);
    const encoder = new Encoder(LEVEL);
    const decoder = new Decoder();
    return {
      name,
      compress: (bytes) =>
        encoder.encodeSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
      decompress: (frame) =>
        decoder.decodeSync(Buffer.from(frame.buffer, frame.byteOffset, frame.length)),
    };
  }),
  await load("zstddec", async (name) => {
    const decoder = new (await importFrom(name)).ZSTDDecoder();
    await decoder.init();
    return { name, decompress: (frame, size) => decoder.decode(frame, size) };
  }),
  await load("fzstd", async (name) => {
    const { decompress } = require(name);
    return { name, decompress: (frame, size) => decompress(frame, new Uint8Array(size)) };
  }),
  typeof zlib.zstdCompressSync === "function"
    ? {
        name: "node:zlib",
        compress: (bytes) => zlib.zstdCompressSync(bytes),
        decompress: (frame, size) => zlib.zstdDecompressSync(frame, { maxOutputLength: size }),
      }
    : undefined,
].filter((candidate) => candidate !== undefined);

let seed = 1;
function random() {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return seed / 0x7fff_ffff;
}

function bytesOf(values) {
  return new Uint8Array(values.buffer);
}

const payloads = [
  ["20 B, 5 random fp32", bytesOf(Float32Array.from({ length: 5 }, random))],
  ["80 B, 20 random fp32", bytesOf(Float32Array.from({ length: 20 }, random))],
  ["80 B, 20 small int32", bytesOf(Int32Array.from({ length: 20 }, () => random() * 100))],
  ["400 B, 100 random fp32", bytesOf(Float32Array.from({ length: 100 }, random))],
  ["400 B, 100 int32", bytesOf(Int32Array.from({ length: 100 }, (_, i) => (i * 7919) % 2001))],
  [
    "2 KB, 512 fp32 of 2 decimals",
    bytesOf(Float32Array.from({ length: 512 }, () => Math.round(random() * 100) / 100)),
  ],
  ["4 KB, 1000 int32", bytesOf(Int32Array.from({ length: 1000 }, (_, i) => (i * 7919) % 2001))],
  ["40 KB, 10000 int32", bytesOf(Int32Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 2001))],
  ["1 MB, 262144 random fp32", bytesOf(Float32Array.from({ length: 262_144 }, random))],
];

/** Best of some rounds, in microseconds: the machine's noise only adds. */
function measure(action) {
  for (let i = 0; i < 300; i++) action();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    let count = 1;
    let elapsed = 0;
    while (elapsed < ROUND_NS) {
      const start = process.hrtime.bigint();
      for (let i = 0; i < count; i++) action();
      elapsed = Number(process.hrtime.bigint() - start);
      best = Math.min(best, elapsed >= ROUND_NS ? elapsed / count : best);
      count *= 2;
    }
  }
  return (best / 1000).toFixed(1);
}

process.stdout.write(`node ${process.version}\n`);
for (const [name, bytes] of payloads) {
  const frame = candidates
    .find(({ compress }) => compress !== undefined && compress !== candidates[0].compress)
    .compress(bytes);
  process.stdout.write(`${name} (frame ${frame.length} B)\n`);
  for (const { name: candidate, compress, decompress } of candidates) {
    const encoded = compress === undefined ? "-" : measure(() => compress(bytes));
    const decoded = measure(() => decompress(frame, bytes.length));
    process.stdout.write(
      `  ${candidate.padEnd(24)} compress ${encoded} us, decompress ${decoded} us\n`,
    );
  }
}
