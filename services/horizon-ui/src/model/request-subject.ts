import type { ChangeKind } from "./change-kinds.ts";
import type { Payload } from "./payloads.ts";

/** What a request is about, for lists: `user/core`, `reader ranking`, `table user_features`. */
export function requestSubject(kind: ChangeKind, payload: Payload): string {
  const text = (field: string): string => {
    const value = payload[field];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  if (kind === "store") return `table ${text("table")}`;
  if (kind.startsWith("job")) return `${text("job-type")} ${text("job-id")}`;
  const entity = text("entity-label");
  const group = text("fg-label") || text("feature-group-label");
  const subject = group === "" ? entity : `${entity}/${group}`;
  const labels = labelsOf(payload);
  return kind.startsWith("features-") && labels !== "" ? `${subject}: ${labels}` : subject;
}

const LABELS_SHOWN = 3;

function labelsOf(payload: Payload): string {
  const { features, "feature-labels": deleted } = payload;
  const labels = Array.isArray(deleted)
    ? deleted.map(String)
    : (Array.isArray(features) ? features : []).map((feature) =>
        typeof feature === "object" && feature !== null && "labels" in feature
          ? String(feature.labels)
          : "",
      );
  const shown = labels.slice(0, LABELS_SHOWN).join(", ");
  const more = labels.length - LABELS_SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
