import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** What the glue code of `@foxglove/wasm-zstd` makes of the object given to it. */
interface WasmZstd {
  readonly HEAPU8: Uint8Array;
  _malloc(sizeBytes: number): number;
  _free(pointer: number): void;
  _compressBound(sizeBytes: number): number;
  /** @returns the frame's size, or -1 */
  _compress(out: number, outSize: number, input: number, inputSize: number, level: number): number;
  /** @returns the content's size, or -1 */
  _decompress(out: number, outSize: number, input: number, inputSize: number): number;
}

/** The part of WebAssembly used here: the ES library's types lack it. */
interface WasmApi {
  readonly Module: new (binary: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: object) => WasmInstance;
}
type WasmModule = object;
interface WasmInstance {
  readonly exports: object;
}

interface WasmOptions {
  print: () => void;
  printErr: () => void;
  instantiateWasm(imports: object, receive: (instance: WasmInstance) => void): object;
}

/** An instance whose memory has grown beyond this is given up after the call: WebAssembly memory never shrinks. */
const MAX_KEPT_MEMORY_BYTES = 16 * 1024 * 1024;

const GLUE = "@foxglove/wasm-zstd/dist/wasm-zstd.js";
const BINARY = "@foxglove/wasm-zstd/dist/wasm-zstd.wasm";

/**
 * libzstd compiled to WebAssembly. Calls are synchronous; the code is compiled at the first one (about 10 ms), so that
 * importing this module costs nothing. Keeps one instance with its two work areas, and replaces it after a fault.
 */
export class WasmZstdCodec {
  #module: WasmModule | undefined;
  #zstd: WasmZstd | undefined;
  #input = 0;
  #inputSize = 0;
  #output = 0;
  #outputSize = 0;

  /** @returns one frame, or undefined if it would not be shorter than `content` */
  compress(content: Uint8Array, level: number): Uint8Array | undefined {
    const zstd = this.#open(content.length, content.length + frameOverhead(content.length));
    zstd.HEAPU8.set(content, this.#input);
    let size: number;
    try {
      size = zstd._compress(this.#output, this.#outputSize, this.#input, content.length, level);
    } catch (cause) {
      throw this.#abandon(cause);
    }
    if (size < 0) throw new Error(`zstd cannot compress ${content.length} bytes`);
    return this.#take(zstd, size < content.length ? size : -1);
  }

  /** @returns the content, or undefined if the frame is corrupt or its content larger than `maxSizeBytes` */
  decompress(frame: Uint8Array, maxSizeBytes: number): Uint8Array | undefined {
    const zstd = this.#open(frame.length, maxSizeBytes);
    zstd.HEAPU8.set(frame, this.#input);
    let size: number;
    try {
      size = zstd._decompress(this.#output, maxSizeBytes, this.#input, frame.length);
    } catch (cause) {
      throw this.#abandon(cause);
    }
    return this.#take(zstd, size);
  }

  /** After a trap the instance's memory is in an unknown state, so the next call gets a new one. */
  #abandon(cause: unknown): Error {
    this.#zstd = undefined;
    return new Error("zstd trapped", { cause });
  }

  /** Copies the output out and gives up an instance that has grown too large. */
  #take(zstd: WasmZstd, sizeBytes: number): Uint8Array | undefined {
    const result =
      sizeBytes < 0 ? undefined : zstd.HEAPU8.slice(this.#output, this.#output + sizeBytes);
    if (zstd.HEAPU8.length > MAX_KEPT_MEMORY_BYTES) this.#zstd = undefined;
    return result;
  }

  #open(inputSize: number, outputSize: number): WasmZstd {
    const zstd = this.#zstd ?? this.#instantiate();
    if (inputSize > this.#inputSize) {
      zstd._free(this.#input);
      this.#inputSize = 0;
      this.#input = this.#allocate(zstd, inputSize);
      this.#inputSize = inputSize;
    }
    if (outputSize > this.#outputSize) {
      zstd._free(this.#output);
      this.#outputSize = 0;
      this.#output = this.#allocate(zstd, outputSize);
      this.#outputSize = outputSize;
    }
    return zstd;
  }

  #allocate(zstd: WasmZstd, sizeBytes: number): number {
    const pointer = zstd._malloc(sizeBytes);
    if (pointer === 0) {
      this.#zstd = undefined;
      throw new RangeError(`zstd has no memory for ${sizeBytes} bytes`);
    }
    return pointer;
  }

  #instantiate(): WasmZstd {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmApi };
    const require = createRequire(import.meta.url);
    const module = this.#module ?? new WebAssembly.Module(readFileSync(require.resolve(BINARY)));
    this.#module = module;
    const options: WasmOptions = {
      print: ignoreOutput,
      printErr: ignoreOutput,
      instantiateWasm: (imports, receive) => {
        const instance = new WebAssembly.Instance(module, imports);
        receive(instance);
        return instance.exports;
      },
    };
    // The glue adds its functions to the object it is given, before it returns.
    (require(GLUE) as (options: WasmOptions) => Promise<unknown>)(options).catch(ignoreOutput);
    const zstd = options as unknown as WasmZstd;
    if (typeof zstd._compress !== "function" || zstd.HEAPU8 === undefined) {
      throw new Error(`${GLUE} did not start`);
    }
    this.#zstd = zstd;
    this.#input = 0;
    this.#inputSize = 0;
    this.#output = 0;
    this.#outputSize = 0;
    return zstd;
  }
}

/** As `ZSTD_compressBound`: what a frame of incompressible content may be longer than it. */
function frameOverhead(sizeBytes: number): number {
  return (sizeBytes >>> 8) + 512;
}

/** The library reports through return values; what its runtime would print says nothing more. */
function ignoreOutput(): void {}
