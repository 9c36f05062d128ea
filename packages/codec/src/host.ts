/** Whether typed arrays of this machine have the byte order of the formats. */
export const IS_LITTLE_ENDIAN: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Reverses the bytes of each unit of `unitSizeBytes` in place: between host order and little endian. */
export function swapUnits(bytes: Uint8Array, unitSizeBytes: number): void {
  const last = unitSizeBytes - 1;
  for (let start = 0; start + last < bytes.length; start += unitSizeBytes) {
    for (let i = 0; i < unitSizeBytes >> 1; i++) {
      const low = bytes[start + i] as number;
      bytes[start + i] = bytes[start + last - i] as number;
      bytes[start + last - i] = low;
    }
  }
}
