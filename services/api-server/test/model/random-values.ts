import type { SeededRandom } from "@ofs/testkit";
import type { FeatureValue, ModelFeature, ModelType, ScalarValue } from "@ofs/testkit/model";

/** Where formats begin, end, tie and change their text. */
const NOTABLE_FLOATS = [
  0,
  -0,
  1,
  -2,
  0.1,
  0.251953125,
  1e-5,
  1e-4,
  123456,
  1e6,
  98103.035,
  464,
  -465,
  480,
  61440,
  65519,
  65520,
  2 ** -10,
  2 ** -17,
  2 ** -25,
  2 ** -96,
  2 ** 87,
  3.4e38,
  1e39,
  5e-324,
  1e-45,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const LETTERS = [..."abcXYZ019 |:,@/\\\"'%-_\0\n", "é", "日", "🙂"];

/** A value that the feature can hold. */
export function randomValue(
  random: SeededRandom,
  type: ModelType,
  feature: Pick<ModelFeature, "vectorLength" | "stringLength">,
): FeatureValue {
  const scalar = () => randomScalar(random, type, feature.stringLength);
  return type.isVector ? Array.from({ length: feature.vectorLength }, scalar) : scalar();
}

function randomScalar(random: SeededRandom, type: ModelType, stringLength: number): ScalarValue {
  switch (type.kind) {
    case "bool":
      return random.next() < 0.5;
    case "string":
      return randomText(random, stringLength);
    case "float":
      return randomFloat(random);
    case "int": {
      const half = 2n ** BigInt(type.width * 8 - 1);
      return randomBits(random, type.width) - half;
    }
    case "uint":
      return randomBits(random, type.width);
  }
}

function randomFloat(random: SeededRandom): number {
  const sign = random.next() < 0.5 ? -1 : 1;
  switch (random.integer(0, 4)) {
    case 0:
      return random.pick(NOTABLE_FLOATS);
    case 1:
      return sign * random.integer(0, 2 ** 24);
    case 2:
      return sign * random.next() * 2 ** random.integer(-30, 20);
    case 3:
      return sign * Math.fround(random.next() * 2 ** random.integer(-140, 127));
    default:
      return (sign * random.integer(0, 1000)) / 100;
  }
}

/** Often one of the ends. */
function randomBits(random: SeededRandom, width: number): bigint {
  const choice = random.next();
  if (choice < 0.1) return 0n;
  if (choice < 0.2) return 2n ** BigInt(width * 8) - 1n;
  let bits = 0n;
  for (let i = 0; i < width; i++) bits = bits * 256n + BigInt(random.integer(0, 255));
  return choice < 0.5 ? bits >> BigInt(random.integer(0, width * 8 - 1)) : bits;
}

/** @param sizeBytes of its UTF-8, at most */
export function randomText(random: SeededRandom, sizeBytes: number): string {
  const length = random.next() < 0.1 ? sizeBytes : random.integer(0, sizeBytes);
  let text = "";
  for (;;) {
    const longer = text + random.pick(LETTERS);
    if (Buffer.byteLength(longer) > length) return text;
    text = longer;
  }
}
