/** Repeats what was written `offset` bytes before `at`; the two may overlap, then it repeats itself. */
export function copyWithin(out: Uint8Array, at: number, offset: number, count: number): void {
  if (offset >= count) {
    out.copyWithin(at, at - offset, at - offset + count);
    return;
  }
  for (let index = at; index < at + count; index++) out[index] = out[index - offset] as number;
}
