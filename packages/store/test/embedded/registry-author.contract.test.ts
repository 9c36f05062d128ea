import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { afterEach, beforeEach, describe } from "vitest";
import {
  type AuthorContext,
  describeRegistryAuthor,
} from "../../../registry/test/contract/registry-author-contract.ts";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";

describe("EmbeddedRegistrySource as an author", () => {
  let folder: TemporaryFolder;
  let context: AuthorContext;
  let closers: (() => Promise<void>)[];

  beforeEach(() => {
    folder = temporaryFolder();
    closers = [];
    context = {
      open() {
        const environment = openEmbeddedEnvironment(folder.path);
        const source = new EmbeddedRegistrySource(environment);
        closers.push(
          () => environment.close(),
          () => source.close(),
        );
        return source;
      },
    };
  });

  afterEach(async () => {
    for (const close of closers.toReversed()) await close();
    folder.remove();
  });

  describeRegistryAuthor(() => context);
});
