import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseOptions } from "../../src/fleet/options.ts";

describe("parseOptions", () => {
  let messages = "";

  beforeEach(() => {
    messages = "";
    const collect = (text: string | Uint8Array): boolean => {
      messages += String(text);
      return true;
    };
    vi.spyOn(process.stderr, "write").mockImplementation(collect);
    vi.spyOn(process.stdout, "write").mockImplementation(collect);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("has defaults for everything", () => {
    expect(parseOptions([], {})).toEqual({
      dataFolder: ".ofs-data",
      reset: false,
      sample: true,
      port: 8089,
      rowPort: undefined,
      consumerPort: 8090,
      horizonPort: 8082,
      populatorPort: 8091,
      host: "127.0.0.1",
      sampleRows: undefined,
    });
  });

  it("takes flags, which go before the environment", () => {
    const args = ["--reset", "--no-sample", "--port", "0", "--host", "::1", "--data-folder", "/a"];
    const env = { OFS_DATA_FOLDER: "/b", OFS_SAMPLE_ROWS: "20" };
    expect(parseOptions(args, env)).toEqual({
      dataFolder: "/a",
      reset: true,
      sample: false,
      port: 0,
      rowPort: 0,
      consumerPort: 0,
      horizonPort: 0,
      populatorPort: 0,
      host: "::1",
      sampleRows: 20,
    });
    expect(parseOptions([], env).dataFolder).toBe("/b");
    expect(parseOptions(["--row-port", "9"], {}).rowPort).toBe(9);
  });

  it.each([
    [["--port", "70000"], {}, /'70000' is invalid\. It must be a port from 0 to 65535\./],
    [["--port", "x"], {}, /'x' is invalid/],
    [["--prot", "1"], {}, /unknown option '--prot'\n\(Did you mean --port\?\)/],
    [["extra"], {}, /too many arguments/],
    [[], { OFS_SAMPLE_ROWS: "some" }, /OFS_SAMPLE_ROWS must be a whole number from 1, not some/],
  ])("refuses %j %j", (args, env, message) => {
    expect(() => parseOptions(args, env)).toThrow();
    expect(messages).toMatch(message);
  });

  it("shows its options and examples", () => {
    expect(() => parseOptions(["--help"], {})).toThrow();
    expect(messages).toContain("npm start -- --reset");
  });
});
