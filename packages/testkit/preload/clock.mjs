// Loaded before everything else into a process of `startProcess({ clock: true })`, and into its worker threads and
// forked processes. Shifts Date by the milliseconds in a file (one little-endian double), which is read at each call,
// so that a change takes effect at once. Timers, performance.now() and process.hrtime() stay true.
import { openSync, readSync } from "node:fs";

const file = process.env.OFS_TEST_CLOCK_FILE;
if (file === undefined) throw new Error("OFS_TEST_CLOCK_FILE is not set");

const RealDate = globalThis.Date;
const realNow = RealDate.now.bind(RealDate);
const descriptor = openSync(file, "r");
const bytes = new DataView(new ArrayBuffer(8));

function offsetMs() {
  readSync(descriptor, bytes, 0, 8, 0);
  return bytes.getFloat64(0, true);
}

function now() {
  return realNow() + offsetMs();
}

const ShiftedDate = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, values, newTarget) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
});
RealDate.now = now;
RealDate.prototype.constructor = ShiftedDate;
globalThis.Date = ShiftedDate;
