import type { RecordFormat } from "../format.ts";
import { headerOf, type SourceRecord } from "../record.ts";

/** Which records a format takes. What is left out matches everything. */
export interface FormatRule {
  readonly topics?: readonly string[] | ((topic: string) => boolean);
  /** The last header of this name has this text; `undefined` = there is no such header. */
  readonly header?: { readonly name: string; readonly value: string | undefined };
  readonly format: RecordFormat;
}

interface CompiledRule {
  readonly headerName: string | undefined;
  readonly headerValue: Uint8Array | undefined;
  readonly format: RecordFormat;
}

/** Tells the format of a record, by its topic and headers: the first rule that matches decides. */
export class FormatTable {
  readonly #rules: readonly FormatRule[];
  /** By topic: those that a group reads, a handful. */
  readonly #byTopic = new Map<string, readonly CompiledRule[]>();

  constructor(rules: readonly FormatRule[]) {
    this.#rules = rules;
  }

  /** @returns `undefined` if no rule matches: no one can read such a record */
  formatOf(record: SourceRecord): RecordFormat | undefined {
    const rules = this.#byTopic.get(record.topic) ?? this.#compile(record.topic);
    for (const rule of rules) {
      if (rule.headerName === undefined) return rule.format;
      if (isSameHeader(headerOf(record, rule.headerName), rule.headerValue)) return rule.format;
    }
    return undefined;
  }

  #compile(topic: string): readonly CompiledRule[] {
    const rules = this.#rules
      .filter(({ topics }) => matchesTopic(topics, topic))
      .map(({ header, format }) => ({
        headerName: header?.name,
        headerValue: header?.value === undefined ? undefined : Buffer.from(header.value),
        format,
      }));
    this.#byTopic.set(topic, rules);
    return rules;
  }
}

function matchesTopic(topics: FormatRule["topics"], topic: string): boolean {
  if (topics === undefined) return true;
  return typeof topics === "function" ? topics(topic) : topics.includes(topic);
}

function isSameHeader(found: Uint8Array | undefined, wanted: Uint8Array | undefined): boolean {
  if (found === undefined || wanted === undefined) return found === wanted;
  return Buffer.compare(found, wanted) === 0;
}
