import { chooseContainer, createElementReader, type ElementReader } from "./containers.ts";
import type { ValuesContainer } from "./data-type.ts";
import { ValueError } from "./errors.ts";
import { decodeBools, decodeNumbers, decodeStrings, decodeText } from "./feature-decoding.ts";
import type { FeatureLayout } from "./feature-layout.ts";
import type { ElementValue, FeatureValue } from "./payload-encoding.ts";
import { CONTAINER_FIELDS, type Values } from "./values.ts";

/** The feature list that values are assembled for: one schema version of a group, as the registry has it. */
export interface AssemblySchema {
  readonly layout: FeatureLayout;
  /** Position in the layout by label. */
  readonly sequences: ReadonlyMap<string, number>;
  /** Normalised defaults, by sequence. */
  readonly defaults: readonly Uint8Array[];
}

export interface AssemblyOptions {
  /** Whether integers beyond the type are refused (default), or wrap when they are encoded, as they once did. */
  readonly rejectOutOfRange?: boolean | undefined;
}

/**
 * Puts the values that a caller gives for some labels into the order of the schema; the other features take their
 * defaults.
 *
 * @param labels in the order of the values
 * @returns one value a feature, by sequence, for `encodePayload`
 * @throws {ValueError} for an unknown or repeated label, a missing or wrong container, another count of values, or a value
 *   that the type does not hold
 */
export function assembleValues(
  schema: AssemblySchema,
  labels: readonly string[],
  values: Values,
  options?: AssemblyOptions,
): FeatureValue[] {
  return createAssembler(schema, labels, options).assemble(values);
}

/** Assembles row after row of the same labels. */
export interface Assembler {
  /** As `assembleValues`. */
  assemble(values: Values): FeatureValue[];
}

/**
 * Does what `assembleValues` needs to do only once for many rows: resolves the labels and decodes the defaults.
 *
 * @throws {ValueError} for an unknown or repeated label
 */
export function createAssembler(
  schema: AssemblySchema,
  labels: readonly string[],
  options: AssemblyOptions = {},
): Assembler {
  return new ValuesAssembler(schema, labels, options.rejectOutOfRange ?? true);
}

class ValuesAssembler implements Assembler {
  readonly #layout: FeatureLayout;
  readonly #labels: readonly string[];
  /** Position of each label. */
  readonly #positions: readonly number[];
  /** Defaults of the features that are not given, undefined for the others; by sequence. */
  readonly #template: readonly (FeatureValue | undefined)[];
  readonly #readOwn: ElementReader;
  /** For values of a foreign container, which always must fit. */
  readonly #readForeign: ElementReader;

  constructor(schema: AssemblySchema, labels: readonly string[], rejectOutOfRange: boolean) {
    const { layout } = schema;
    this.#layout = layout;
    this.#labels = labels;
    this.#positions = resolveLabels(schema, labels);
    const isGiven = new Set(this.#positions);
    this.#template = schema.defaults.map((bytes, position) =>
      isGiven.has(position) ? undefined : decodeDefault(layout, position, bytes),
    );
    this.#readOwn = createElementReader(layout.dataType, rejectOutOfRange);
    this.#readForeign = createElementReader(layout.dataType, true);
  }

  assemble(values: Values): FeatureValue[] {
    const assembled = this.#template.slice() as FeatureValue[];
    if (!this.#layout.dataType.isVector) this.#placeScalars(values, assembled);
    else if (values.vector.length > 0) this.#placeVectors(values.vector, assembled);
    else this.#placeFlatVectors(values, assembled);
    return assembled;
  }

  #placeScalars(values: Values, assembled: FeatureValue[]): void {
    const { dataType } = this.#layout;
    const container = chooseContainer(dataType, values);
    if (container === undefined) throw isNil(dataType.container);
    const given = values[container];
    if (given.length !== this.#labels.length) {
      throw lengthMismatch(CONTAINER_FIELDS[container], this.#labels.length, given.length);
    }
    const read = this.#reader(container);
    for (let i = 0; i < given.length; i++) {
      assembled[this.#positions[i] as number] = read(
        given[i] as ElementValue,
        this.#labels[i] as string,
      );
    }
  }

  #placeVectors(vectors: readonly (Values | undefined)[], assembled: FeatureValue[]): void {
    if (vectors.length !== this.#labels.length) {
      throw lengthMismatch("vector", this.#labels.length, vectors.length);
    }
    for (let i = 0; i < vectors.length; i++) {
      const label = this.#labels[i] as string;
      const position = this.#positions[i] as number;
      const vector = vectors[i];
      if (vector === undefined) throw new ValueError(`feature ${label}: vector values is nil`);
      assembled[position] = this.#readVector(vector, label, position);
    }
  }

  #readVector(vector: Values, label: string, position: number): ElementValue[] {
    const { dataType, vectorLengths } = this.#layout;
    const length = vectorLengths[position] as number;
    const container = chooseContainer(dataType, vector);
    const given: readonly ElementValue[] = container === undefined ? [] : vector[container];
    if (container === undefined && length > 0) {
      throw new ValueError(`feature ${label}: ${CONTAINER_FIELDS[dataType.container]} is nil`);
    }
    if (given.length !== length) {
      throw new ValueError(
        `feature ${label}: vector length mismatch, expected ${length}, received ${given.length}`,
      );
    }
    return this.#readElements(given, 0, length, label, container ?? dataType.container);
  }

  /** All vectors in one flat container, one after the other in label order. */
  #placeFlatVectors(values: Values, assembled: FeatureValue[]): void {
    const { dataType, vectorLengths } = this.#layout;
    const container = chooseContainer(dataType, values);
    if (container === undefined) throw new ValueError("vector is nil");
    const given: readonly ElementValue[] = values[container];
    let expected = 0;
    for (const position of this.#positions) expected += vectorLengths[position] as number;
    if (given.length !== expected) {
      throw lengthMismatch(CONTAINER_FIELDS[container], expected, given.length);
    }
    let start = 0;
    for (let i = 0; i < this.#labels.length; i++) {
      const position = this.#positions[i] as number;
      const end = start + (vectorLengths[position] as number);
      const label = this.#labels[i] as string;
      assembled[position] = this.#readElements(given, start, end, label, container);
      start = end;
    }
  }

  #readElements(
    given: readonly ElementValue[],
    start: number,
    end: number,
    label: string,
    container: ValuesContainer,
  ): ElementValue[] {
    const read = this.#reader(container);
    const elements = new Array<ElementValue>(end - start);
    for (let i = start; i < end; i++) elements[i - start] = read(given[i] as ElementValue, label);
    return elements;
  }

  #reader(container: ValuesContainer): ElementReader {
    return container === this.#layout.dataType.container ? this.#readOwn : this.#readForeign;
  }
}

function resolveLabels({ sequences }: AssemblySchema, labels: readonly string[]): number[] {
  const seen = new Set<string>();
  return labels.map((label) => {
    const position = sequences.get(label);
    if (position === undefined) throw new ValueError(`feature ${label} is unknown`);
    if (seen.has(label)) throw new ValueError(`feature ${label} is given twice`);
    seen.add(label);
    return position;
  });
}

/** Reads a default at its own width. */
function decodeDefault(layout: FeatureLayout, position: number, bytes: Uint8Array): FeatureValue {
  const { dataType } = layout;
  const length = layout.vectorLengths[position] as number;
  const elements = decodeElements(layout, bytes, length);
  return dataType.isVector ? elements : (elements[0] as ElementValue);
}

function decodeElements(
  { dataType }: FeatureLayout,
  bytes: Uint8Array,
  length: number,
): ElementValue[] {
  switch (dataType.kind) {
    case "string":
      return dataType.isVector ? decodeStrings(dataType, bytes, length) : [decodeText(bytes)];
    case "bool":
      return decodeBools(dataType, bytes);
    default:
      return Array.from<number | bigint>(decodeNumbers(dataType, bytes));
  }
}

function isNil(container: ValuesContainer): ValueError {
  return new ValueError(`${CONTAINER_FIELDS[container]} is nil`);
}

function lengthMismatch(what: string, expected: number, received: number): ValueError {
  return new ValueError(
    `${what} length mismatch with feature labels, expected ${expected}, received ${received}`,
  );
}
