/** Places values of several orders of magnitude on a line. */
export interface LogScale {
  readonly ticks: readonly number[];
  /** Of a value, which is kept between the first and the last tick. */
  at(value: number): number;
}

/** @param ticks ascending, the first and the last at the ends; more than one */
export function logScale(ticks: readonly number[], from: number, to: number): LogScale {
  const [low, high] = [Math.log(ticks[0] as number), Math.log(ticks.at(-1) as number)];
  return {
    ticks,
    at: (value) => {
      const share = (Math.log(value) - low) / (high - low);
      return from + Math.min(1, Math.max(0, share)) * (to - from);
    },
  };
}

/** Powers of ten around the values, which are above 0; at least two. */
export function decades(values: readonly number[]): number[] {
  if (values.length === 0) return [1, 10];
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

type Attributes = Readonly<Record<string, string | number>>;

export function tag(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? rounded(value) : escaped(value)}"`,
  );
  return content === ""
    ? `<${name}${written.join("")}/>`
    : `<${name}${written.join("")}>${content}</${name}>`;
}

export function text(content: string, attributes: Attributes): string {
  return tag("text", attributes, escaped(content));
}

/** To two decimals, or three where there is nothing else; without zeros at the end. */
export function rounded(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) < 0.2 ? 3 : 2)));
}

function escaped(value: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
