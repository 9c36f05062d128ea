import { quote } from "@ofs/registry";
import { type ActiveGroup, notActive } from "./active-group.ts";
import { defineFeature } from "./feature-check.ts";
import type { FeatureDefinition } from "./feature-list.ts";
import { checkSource, formatSource, readSource, sourcePath } from "./feature-sources.ts";
import type { SourcedFeature } from "./new-features.ts";
import type { FeatureEditPayload } from "./payloads.ts";
import type { Problems } from "./problems.ts";
import type { RegistryView } from "./registry-view.ts";

/** @returns edited features without problems, whole: what an edit leaves out is as before */
export function defineEdits(
  edits: readonly FeatureEditPayload[],
  active: ActiveGroup,
  view: RegistryView,
  problems: Problems,
): readonly SourcedFeature[] {
  const present = new Map(active.features.map((feature) => [feature.label, feature]));
  const seen = new Set<string>();
  return edits.flatMap((edit, index) => {
    const field = `features.${index}`;
    const { labels: label } = edit;
    if (seen.has(label)) {
      problems.invalid(`${field}.labels`, `${quote(label)} is there twice`);
      return [];
    }
    seen.add(label);
    const before = present.get(label);
    if (before === undefined) {
      problems.missing(`${field}.labels`, notActive(label, active));
      return [];
    }
    const edited = defineEdit(edit, before, active, { view, field, problems });
    return edited === undefined ? [] : [edited];
  });
}

interface EditPlace {
  readonly view: RegistryView;
  readonly field: string;
  readonly problems: Problems;
}

function defineEdit(
  edit: FeatureEditPayload,
  before: FeatureDefinition,
  active: ActiveGroup,
  { view, field, problems }: EditPlace,
): SourcedFeature | undefined {
  const definition = defineFeature(
    {
      label: before.label,
      defaultText: edit["default-values"] ?? before.defaultText,
      stringLength: edit["string-length"] ?? before.stringLength,
      vectorLength: edit["vector-length"] ?? before.vectorLength,
    },
    active.group.dataType,
    field,
    problems,
  );
  if (definition === undefined) return undefined;
  const stored = readSource(view, sourcePath(active.entityLabel, active.label, before.label));
  const source = {
    provider: edit["storage-provider"] ?? stored.provider,
    basePath: edit["source-base-path"] ?? stored.basePath,
    dataColumn: edit["source-data-column"] ?? stored.dataColumn,
  };
  checkSource(source, definition.defaultText, field, problems);
  return { definition, source: formatSource(source, definition.defaultText) };
}
