import { OfsClientError } from "@ofs/client";
import { expect, test } from "vitest";
import { patientSink } from "../../src/fleet/patient-sink.ts";

const REQUEST = { entity: "movie", rows: [] };

/** A sink that fails so often. */
function failing(times: number, code: "DEADLINE_EXCEEDED" | "INVALID_ARGUMENT") {
  let count = 0;
  const persist = async (): Promise<string> => {
    count += 1;
    if (count <= times) throw new OfsClientError(code, "no");
    return "stored";
  };
  return { sink: { persist }, asked: () => count };
}

test("rows that a slow disk has not stored in time are written again", async () => {
  const { asked, sink } = failing(3, "DEADLINE_EXCEEDED");
  await expect(patientSink(sink).persist(REQUEST)).resolves.toBe("stored");
  expect(asked()).toBe(4);
});

test("patience ends", async () => {
  const { asked, sink } = failing(100, "DEADLINE_EXCEEDED");
  await expect(patientSink(sink).persist(REQUEST)).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
  });
  expect(asked()).toBe(10);
});

test("what is wrong is not repeated", async () => {
  const { asked, sink } = failing(1, "INVALID_ARGUMENT");
  await expect(patientSink(sink).persist(REQUEST)).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  });
  expect(asked()).toBe(1);
});
