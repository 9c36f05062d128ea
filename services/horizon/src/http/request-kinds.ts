import type { ChangeKind } from "../changes/model.ts";

/** Under which the feature store's endpoints are. */
export const ONLINE_FEATURE_STORE = "/api/v1/online-feature-store";

/** How a kind of change is asked for. */
export interface Submission {
  readonly kind: ChangeKind;
  readonly method: "POST" | "DELETE";
  readonly path: string;
  /** Of the answer, before the request's id. */
  readonly message: string;
}

export const SUBMISSIONS: readonly Submission[] = [
  submission("store", "register-store", "store registration requested"),
  submission("job", "register-job", "job registration requested"),
  submission("job-rotate", "rotate-job-token", "token rotation requested"),
  submission("entity", "register-entity", "entity registration requested"),
  submission("entity-edit", "edit-entity", "entity edit requested"),
  submission("feature-group", "register-feature-group", "feature group registration requested"),
  submission("feature-group-edit", "edit-feature-group", "feature group edit requested"),
  submission("features-add", "add-features", "features addition requested"),
  submission("features-edit", "edit-features", "features edit requested"),
  submission("features-delete", "delete-features", "features deletion requested", "DELETE"),
];

/** What an endpoint decides. */
export const DECISIONS: readonly {
  readonly path: string;
  readonly kinds: readonly ChangeKind[];
}[] = [
  { path: "process-store", kinds: ["store"] },
  { path: "process-job", kinds: ["job", "job-rotate"] },
  { path: "process-entity", kinds: ["entity", "entity-edit"] },
  { path: "process-feature-group", kinds: ["feature-group", "feature-group-edit"] },
  { path: "process-add-features", kinds: ["features-add", "features-edit"] },
  { path: "process-delete-features", kinds: ["features-delete"] },
];

/** What an endpoint lists. */
export const LISTS: readonly { readonly path: string; readonly kinds: readonly ChangeKind[] }[] = [
  { path: "get-store-requests", kinds: ["store"] },
  { path: "get-job-requests", kinds: ["job", "job-rotate"] },
  { path: "get-entity-requests", kinds: ["entity", "entity-edit"] },
  { path: "get-feature-group-requests", kinds: ["feature-group", "feature-group-edit"] },
  {
    path: "get-add-features-requests",
    kinds: ["features-add", "features-edit", "features-delete"],
  },
];

/** The word of existing clients for what a request does. */
export const REQUEST_TYPES: Readonly<Record<ChangeKind, "CREATE" | "EDIT" | "DELETE">> = {
  store: "CREATE",
  job: "CREATE",
  "job-rotate": "EDIT",
  entity: "CREATE",
  "entity-edit": "EDIT",
  "feature-group": "CREATE",
  "feature-group-edit": "EDIT",
  "features-add": "CREATE",
  "features-edit": "EDIT",
  "features-delete": "DELETE",
};

function submission(
  kind: ChangeKind,
  path: string,
  message: string,
  method: "POST" | "DELETE" = "POST",
): Submission {
  return { kind, path, message, method };
}
