/** What a request can ask for. */
export const CHANGE_KINDS = [
  "store",
  "job",
  "job-rotate",
  "entity",
  "entity-edit",
  "feature-group",
  "feature-group-edit",
  "features-add",
  "features-edit",
  "features-delete",
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Requests are listed and decided by family, and numbered in each. */
export const FAMILIES = ["store", "job", "entity", "feature-group", "features"] as const;
export type Family = (typeof FAMILIES)[number];

export const REQUEST_STATUSES = [
  "PENDING APPROVAL",
  "APPLYING",
  "APPROVED",
  "REJECTED",
  "FAILED",
] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

interface KindText {
  readonly family: Family;
  /** Of the form and of lists, such as "Register a store". */
  readonly title: string;
  readonly help: string;
}

export const KIND_TEXTS: Readonly<Record<ChangeKind, KindText>> = {
  store: {
    family: "store",
    title: "Register a store",
    help: "A table of a configured database, where blocks of features are kept.",
  },
  job: {
    family: "job",
    title: "Create a job or client",
    help: "A writer pushes features, a reader is a service that calls the feature store. Each has a token.",
  },
  "job-rotate": {
    family: "job",
    title: "Rotate a token",
    help: "A new token for a job or client. The old one works beside it for a while, then ends by itself.",
  },
  entity: {
    family: "entity",
    title: "Create an entity",
    help: "What features are about, such as a user or a product, and the keys that identify one.",
  },
  "entity-edit": {
    family: "entity",
    title: "Edit an entity's caches",
    help: "Keys of an entity are fixed; its two caches can change.",
  },
  "feature-group": {
    family: "feature-group",
    title: "Create a feature group",
    help: "Features of one data type that are written and expire together.",
  },
  "feature-group-edit": {
    family: "feature-group",
    title: "Edit a feature group",
    help: "Time to live and caching. The data type, the store and the job are fixed.",
  },
  "features-add": {
    family: "features",
    title: "Add features",
    help: "Makes the next schema version of the group; rows stored before answer the defaults.",
  },
  "features-edit": {
    family: "features",
    title: "Edit features",
    help: "Defaults and sources change in place; a new length makes the next schema version.",
  },
  "features-delete": {
    family: "features",
    title: "Delete features",
    help: "Makes the next schema version without them. Readers that ask for them get an error.",
  },
};

export const FAMILY_TITLES: Readonly<Record<Family, string>> = {
  store: "Stores",
  job: "Jobs and clients",
  entity: "Entities",
  "feature-group": "Feature groups",
  features: "Features",
};

export function isChangeKind(text: string): text is ChangeKind {
  return (CHANGE_KINDS as readonly string[]).includes(text);
}

export function isFamily(text: string): text is Family {
  return (FAMILIES as readonly string[]).includes(text);
}

/** Whether nothing will happen to a request any more. */
export function isOver(status: RequestStatus): boolean {
  return status === "APPROVED" || status === "REJECTED" || status === "FAILED";
}
