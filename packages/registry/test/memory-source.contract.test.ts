import { MemoryRegistrySource } from "@ofs/registry";
import { beforeEach, describe } from "vitest";
import { type AuthorContext, describeRegistryAuthor } from "./contract/registry-author-contract.ts";

describe("MemoryRegistrySource as an author", () => {
  let context: AuthorContext;

  beforeEach(() => {
    const source = new MemoryRegistrySource();
    context = {
      open: () => source,
      loseAnswer(write) {
        source.loseNextAnswer();
        return write(source);
      },
    };
  });

  describeRegistryAuthor(() => context);
});
