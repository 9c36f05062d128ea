import { END_OF_TEXT, HUFFMAN_CODE_LENGTHS, huffmanCodes } from "./huffman-code.ts";

/*
 * Decoding goes four bits at a time through a table of states (nodes of the code's tree). An entry holds:
 *
 *   bits 0-8    the next state
 *   bits 9-16   the byte that this step completes, if bit 17 says so
 *   bit  17     a byte is complete (no code is shorter than five bits: one step completes one at most)
 *   bit  18     the text may end here: what is left is shorter than a byte and all ones
 *   bit  19     no code goes on like this
 */
const STATE_MASK = 0x1ff;
const SYMBOL_SHIFT = 9;
const EMITS = 1 << 17;
const MAY_END = 1 << 18;
const FAILS = 1 << 19;

const STEPS = 16;
/** Longest rest of a code that may be padding. */
const MAX_PADDING_BITS = 7;

/** A node of the tree: its children are nodes (from 0) or symbols (as -1 - symbol). */
type Node = [number | undefined, number | undefined];

const TABLE = decodingTable();
const CODES = huffmanCodes();

/**
 * Decodes a text.
 *
 * @param target large enough for `(end - start) * 8 / 5` bytes, the most that can come out
 * @returns bytes written to `target` from 0 on; -1 if the text is not properly coded
 */
export function decodeHuffman(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
): number {
  let entry = MAY_END;
  let size = 0;
  for (let at = start; at < end; at += 1) {
    const byte = source[at] as number;
    entry = TABLE[(entry & STATE_MASK) * STEPS + (byte >> 4)] as number;
    if ((entry & EMITS) !== 0) target[size++] = (entry >> SYMBOL_SHIFT) & 0xff;
    if ((entry & FAILS) !== 0) return -1;
    entry = TABLE[(entry & STATE_MASK) * STEPS + (byte & 15)] as number;
    if ((entry & EMITS) !== 0) target[size++] = (entry >> SYMBOL_SHIFT) & 0xff;
    if ((entry & FAILS) !== 0) return -1;
  }
  return (entry & MAY_END) === 0 ? -1 : size;
}

/** Codes a text; the last byte is filled with ones. */
export function encodeHuffman(text: Uint8Array): Uint8Array {
  const coded: number[] = [];
  let rest = 0;
  let bits = 0;
  for (const symbol of text) {
    // At most 7 + 30 bits: beyond what bit operations hold.
    rest = rest * 2 ** (HUFFMAN_CODE_LENGTHS[symbol] as number) + (CODES[symbol] as number);
    bits += HUFFMAN_CODE_LENGTHS[symbol] as number;
    while (bits >= 8) {
      bits -= 8;
      const byte = Math.floor(rest / 2 ** bits);
      coded.push(byte);
      rest -= byte * 2 ** bits;
    }
  }
  if (bits > 0) coded.push((rest << (8 - bits)) | (0xff >> bits));
  return Uint8Array.from(coded);
}

function decodingTable(): Uint32Array {
  const nodes = codeTree();
  const padding = paddingNodes(nodes);
  const table = new Uint32Array(nodes.length * STEPS);
  for (let state = 0; state < nodes.length; state += 1) {
    for (let step = 0; step < STEPS; step += 1) {
      table[state * STEPS + step] = entryFor(nodes, padding, state, step);
    }
  }
  return table;
}

function entryFor(
  nodes: readonly Node[],
  padding: ReadonlySet<number>,
  from: number,
  step: number,
) {
  let state = from;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit -= 1) {
    const child = nodes[state]?.[(step >> bit) & 1];
    if (child === undefined || child === -1 - END_OF_TEXT) return FAILS;
    if (child >= 0) {
      state = child;
    } else {
      emitted = EMITS | ((-1 - child) << SYMBOL_SHIFT);
      state = 0;
    }
  }
  return state | emitted | (padding.has(state) ? MAY_END : 0);
}

/** The root is node 0. */
function codeTree(): Node[] {
  const codes = huffmanCodes();
  const nodes: Node[] = [[undefined, undefined]];
  for (const [symbol, length] of HUFFMAN_CODE_LENGTHS.entries()) {
    let node = nodes[0] as Node;
    for (let bit = length - 1; bit > 0; bit -= 1) {
      const side = ((codes[symbol] as number) >>> bit) & 1;
      if (node[side] === undefined) node[side] = nodes.push([undefined, undefined]) - 1;
      node = nodes[node[side] as number] as Node;
    }
    node[(codes[symbol] as number) & 1] = -1 - symbol;
  }
  return nodes;
}

/** Where a text may end: the root, and what ones lead to from there. */
function paddingNodes(nodes: readonly Node[]): Set<number> {
  const padding = new Set([0]);
  let state = 0;
  for (let bits = 1; bits <= MAX_PADDING_BITS; bits += 1) {
    state = nodes[state]?.[1] as number;
    padding.add(state);
  }
  return padding;
}
