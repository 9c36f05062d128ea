/** Why one value cannot be sent: its row is refused, the others are not. */
export class CellFault {
  /** Without the column's name, with the value. */
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Characters of a value that a fault shows. */
const SHOWN_LENGTH = 60;

export function shownValue(value: unknown): string {
  const text = value instanceof Uint8Array ? `${value.length} bytes` : String(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
