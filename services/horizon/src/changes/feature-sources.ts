import { quote } from "@ofs/registry";
import type { Problems } from "./problems.ts";
import type { RegistryView } from "./registry-view.ts";

/** Where push clients find a feature's offline data. */
export interface FeatureSource {
  /** Empty = nowhere. */
  readonly provider: string;
  readonly basePath: string;
  readonly dataColumn: string;
}

/** Where the tree has the source of a feature. */
export function sourcePath(entityLabel: string, groupLabel: string, feature: string): string {
  return `source/${entityLabel}|${groupLabel}|${feature}`;
}

/** @returns undefined where the feature has no source: then there is no such key */
export function formatSource(source: FeatureSource, defaultText: string): string | undefined {
  if (source.provider === "") return undefined;
  return `${source.provider}|${source.basePath}|${source.dataColumn}|${defaultText}`;
}

const NO_SOURCE: FeatureSource = { provider: "", basePath: "", dataColumn: "" };

/** @returns empty texts where there is none */
export function readSource(view: RegistryView, path: string): FeatureSource {
  const text = view.text(path);
  if (text === undefined) return NO_SOURCE;
  const [provider = "", basePath = "", dataColumn = ""] = text.split("|");
  return { provider, basePath, dataColumn };
}

/** Checks what goes into the joined text of a source. */
export function checkSource(
  source: FeatureSource,
  defaultText: string,
  field: string,
  problems: Problems,
): void {
  if (source.provider === "") return;
  const parts = [
    ["source-base-path", source.basePath],
    ["source-data-column", source.dataColumn],
  ] as const;
  for (const [name, text] of parts) {
    if (text.trim() === "") {
      problems.invalid(
        `${field}.${name}`,
        `${quote(text)} is empty, where storage-provider is ${source.provider}`,
      );
    } else if (text.includes("|")) {
      problems.invalid(`${field}.${name}`, `${quote(text)} must not hold |`);
    }
  }
  if (defaultText.includes("|")) {
    problems.invalid(
      `${field}.default-values`,
      `${quote(defaultText)} must not hold | where the feature has a source`,
    );
  }
}
