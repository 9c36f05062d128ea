import { describe, expect, it } from "vitest";
import { Progress } from "../src/progress.ts";

function output(isTTY: boolean): { isTTY: boolean; text: string; write(text: string): void } {
  return {
    isTTY,
    text: "",
    write(text) {
      this.text += text;
    },
  };
}

describe("Progress", () => {
  it("redraws its line on a terminal, at most every tenth of a second", () => {
    const out = output(true);
    let now = 0;
    const progress = new Progress(out, "movie", 200, () => now);
    progress.update(50);
    progress.update(60);
    now = 150;
    progress.update(100);
    now = 1500;
    progress.finish(200);
    expect(out.text.split("\r\u001b[K")).toEqual([
      "",
      "movie [######------------------] 25% 50 rows",
      "movie [############------------] 50% 100 rows",
      "movie 200 rows in 1.5 s\n",
    ]);
  });

  it("writes the end only where there is no terminal", () => {
    const out = output(false);
    const progress = new Progress(out, "movie", undefined, () => 0);
    progress.update(50);
    progress.clear();
    progress.finish(50);
    expect(out.text).toBe("movie 50 rows in 0.0 s\n");
  });
});
