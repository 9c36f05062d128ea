import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { contentContract } from "./content-contract.ts";
import { groupContract } from "./group-contract.ts";
import { outageContract } from "./outage-contract.ts";
import { positionContract } from "./position-contract.ts";
import { Reader, type ReaderHooks } from "./reader.ts";
import type { MemberOptions, SourceSubject } from "./source-subject.ts";

export type { MemberOptions, SourceSubject } from "./source-subject.ts";

/** What the parts of the suite work with. */
export interface SourceContext {
  readonly subject: SourceSubject;
  /** A started member. It is closed, and must have kept the rules, at the end of the test. */
  join(options: MemberOptions, hooks?: ReaderHooks): Promise<Reader>;
  /** The same, for a member that the test starts itself. */
  reader(options: MemberOptions, hooks?: ReaderHooks): Reader;
}

/** The contract of `RecordSource`, run over one kind of log. Each test uses topics and groups of its own. */
export function sourceContract(name: string, open: () => Promise<SourceSubject>): void {
  describe(`${name} keeps the record source contract`, () => {
    let opened: SourceSubject | undefined;
    let readers: Reader[] = [];

    beforeAll(async () => {
      opened = await open();
    }, 120_000);

    afterEach(async () => {
      const ended = readers;
      readers = [];
      await Promise.all(ended.map((reader) => reader.source.close()));
      const violations = ended.flatMap((reader) => reader.violations);
      if (violations.length > 0) throw new Error(`broken rules: ${violations.join("; ")}`);
    });

    afterAll(async () => {
      await opened?.close();
    }, 60_000);

    const context = (): SourceContext => {
      const subject = opened;
      if (subject === undefined) throw new Error(`${name} could not be opened`);
      const reader = (options: MemberOptions, hooks?: ReaderHooks): Reader => {
        const made = new Reader(subject.member(options), hooks);
        readers.push(made);
        return made;
      };
      return {
        subject,
        reader,
        join: async (options, hooks) => {
          const made = reader(options, hooks);
          await made.start();
          return made;
        },
      };
    };
    contentContract(context);
    positionContract(context);
    groupContract(context);
    outageContract(context);
  });
}
