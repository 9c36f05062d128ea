import type { DataType } from "@ofs/codec";
import { quote } from "@ofs/registry";
import { defineFeature } from "./feature-check.ts";
import type { FeatureDefinition } from "./feature-list.ts";
import { checkSource, formatSource } from "./feature-sources.ts";
import type { NameSet } from "./group-place.ts";
import type { NewFeaturePayload } from "./payloads.ts";
import { asTaken, type Problems } from "./problems.ts";

/** A feature with the text of its source, if it has one. */
export interface SourcedFeature {
  readonly definition: FeatureDefinition;
  readonly source: string | undefined;
}

/**
 * Checks features that are to be new.
 *
 * @param names those that are taken; gets theirs, too
 * @returns those without problems
 */
export function defineNewFeatures(
  asked: readonly { readonly index: number; readonly feature: NewFeaturePayload }[],
  dataType: DataType,
  names: NameSet,
  problems: Problems,
): readonly SourcedFeature[] {
  return asked.flatMap(({ index, feature }) => {
    const field = `features.${index}`;
    const label = feature.labels;
    const known = names.add(label);
    if (known !== undefined) {
      problems.conflict(
        `${field}.labels`,
        `${quote(label)} is there already${asTaken(label, known)}`,
      );
    }
    const definition = defineFeature(
      {
        label,
        defaultText: feature["default-values"],
        stringLength: feature["string-length"],
        vectorLength: feature["vector-length"],
      },
      dataType,
      field,
      problems,
    );
    if (definition === undefined) return [];
    const source = {
      provider: feature["storage-provider"],
      basePath: feature["source-base-path"],
      dataColumn: feature["source-data-column"],
    };
    checkSource(source, definition.defaultText, field, problems);
    return [{ definition, source: formatSource(source, definition.defaultText) }];
  });
}
