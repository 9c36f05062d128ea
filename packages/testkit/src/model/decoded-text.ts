import type { FeatureValue, ModelType, ScalarValue } from "./model-type.ts";

/** What `RetrieveDecodedResult` shows for a value of the type. */
export function decodedText(value: FeatureValue, type: ModelType): string {
  if (!type.isVector) return scalarText(value as ScalarValue, type);
  return (value as readonly ScalarValue[])
    .map((element) => {
      if (typeof element === "boolean") return element ? "1" : "0";
      return typeof element === "number" ? plainFloat(element, type) : String(element);
    })
    .join(":");
}

function scalarText(value: ScalarValue, type: ModelType): string {
  return typeof value === "number" ? shortFloat(value, type) : String(value);
}

/** `digits` without trailing zeros; the value is 0.digits times 10 to the power of `point`. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

function specialText(value: number): string | undefined {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  return undefined;
}

/** Form F: never an exponent. */
function plainFloat(value: number, type: ModelType): string {
  return specialText(value) ?? signed(value, plainDecimal(shortest(Math.abs(value), type)));
}

/** Form G: an exponent below 1e-4 and from 1e6 on. */
function shortFloat(value: number, type: ModelType): string {
  const special = specialText(value);
  if (special !== undefined) return special;
  const decimal = shortest(Math.abs(value), type);
  const exponent = decimal.point - 1;
  if (exponent >= -4 && exponent < 6) return signed(value, plainDecimal(decimal));
  const [first, rest] = [decimal.digits.slice(0, 1), decimal.digits.slice(1)];
  const power = String(Math.abs(exponent)).padStart(2, "0");
  const mantissa = rest === "" ? first : `${first}.${rest}`;
  return signed(value, `${mantissa}e${exponent < 0 ? "-" : "+"}${power}`);
}

function signed(value: number, text: string): string {
  return value < 0 ? `-${text}` : text;
}

function plainDecimal({ digits, point }: Decimal): string {
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return digits.padEnd(point, "0");
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function shortest(magnitude: number, type: ModelType): Decimal {
  if (type.element === "FP64") return parseDecimal(magnitude.toExponential());
  for (let digitCount = 1; digitCount < 9; digitCount++) {
    const texts = neighbours(magnitude, digitCount);
    const same = texts.filter((text) => Math.fround(Number(text)) === magnitude);
    if (same.length > 0) return parseDecimal(same.reduce((a, b) => nearer(a, b, magnitude)));
  }
  return parseDecimal(neighbours(magnitude, 9).reduce((a, b) => nearer(a, b, magnitude)));
}

/** The decimals of so many digits around the number, as `<digits>e<exponent>`. */
function neighbours(magnitude: number, digitCount: number): string[] {
  const { digits, point } = parseDecimal(magnitude.toExponential(digitCount - 1));
  const middle = Number(digits.padEnd(digitCount, "0"));
  return [middle - 1, middle, middle + 1]
    .filter((candidate) => candidate > 0)
    .map((candidate) => `${candidate}e${point - digitCount}`);
}

/** Compared exactly; of two that are equally near, the one with the even last digit. */
function nearer(a: string, b: string, magnitude: number): string {
  const [distanceA, distanceB] = [exactDistance(a, magnitude), exactDistance(b, magnitude)];
  if (distanceA === distanceB) return Number(a.split("e")[0]) % 2 === 0 ? a : b;
  return distanceA < distanceB ? a : b;
}

/** |decimal - magnitude|, times a power of ten and of two that make both whole: comparable at one exponent. */
function exactDistance(decimal: string, magnitude: number): bigint {
  const [digits = "", exponentText = ""] = decimal.split("e");
  const exponent = Number(exponentText);
  let [significand, twos] = [magnitude, 0];
  while (!Number.isInteger(significand)) {
    significand *= 2;
    twos += 1;
  }
  const scale = 10n ** BigInt(Math.max(0, -exponent)) * 2n ** BigInt(twos);
  const shown =
    (BigInt(digits) * 10n ** BigInt(Math.max(0, exponent)) * scale) /
    10n ** BigInt(Math.max(0, -exponent));
  const exact = (BigInt(significand) * scale) / 2n ** BigInt(twos);
  return shown > exact ? shown - exact : exact - shown;
}

function parseDecimal(text: string): Decimal {
  const [mantissa = "", exponent = ""] = text.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = `${whole}${fraction}`;
  const point = whole.length + Number(exponent);
  return { digits: digits.replace(/0+$/, "") || "0", point };
}
