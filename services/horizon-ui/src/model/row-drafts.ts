import type { RowColumn, RowGroup } from "./rows.ts";

// Types, not interfaces: forms want values with an index signature.
export type ColumnDraft = {
  name: string;
  type: string;
  description: string;
  /** Kept where a column comes from an older version. */
  tags: string[];
};

type CommonDraft = {
  name: string;
  columns: ColumnDraft[];
  owner: string;
  tags: string[];
  description: string;
};

export type EntityDraft = CommonDraft & {
  /** Names of columns, in order. */
  keys: string[];
  /** Seconds; empty or 0: none. */
  ttl: number | string;
};

export type GroupDraft = CommonDraft & {
  entity: string;
  isVersioned: boolean;
  type: string;
};

export const EMPTY_COLUMN: ColumnDraft = { name: "", type: "", description: "", tags: [] };

export type Body = Readonly<Record<string, unknown>>;

export function entityBody(draft: EntityDraft): Body {
  const ttl = Number(draft.ttl);
  const entity = {
    tableName: draft.name.trim(),
    features: draft.columns.map(columnBody),
    primaryKeys: draft.keys,
    ...(draft.ttl === "" || ttl === 0 ? {} : { ttl }),
  };
  return { entity, ...registration(draft) };
}

export function groupBody(draft: GroupDraft): Body {
  const featureGroup = {
    featureGroupName: draft.name.trim(),
    entityName: draft.entity,
    versionEnabled: draft.isVersioned,
    featureGroupType: draft.type,
    features: draft.columns.map(columnBody),
  };
  return { featureGroup, ...registration(draft) };
}

/** A further version begins as the one before it. */
export function nextVersionDraft(group: RowGroup): GroupDraft {
  return {
    name: group.name,
    entity: group.entityName,
    isVersioned: true,
    type: group.type,
    columns: group.columns.map((column) => ({ ...column, tags: [...column.tags] })),
    owner: group.owner,
    tags: [...group.tags],
    description: group.description,
  };
}

export function columnsOf(draft: CommonDraft): RowColumn[] {
  return draft.columns.filter(({ name }) => name !== "");
}

function columnBody({ name, type, description, tags }: ColumnDraft): Body {
  return { name: name.trim(), type, description, tags };
}

function registration({ owner, tags, description }: CommonDraft): Body {
  return { owner: owner.trim(), tags, description };
}

const FORM_FIELDS: readonly (readonly [body: string, form: string])[] = [
  ["entity.tableName", "name"],
  ["entity.features", "columns"],
  ["entity.primaryKeys", "keys"],
  ["entity.ttl", "ttl"],
  ["featureGroup.featureGroupName", "name"],
  ["featureGroup.entityName", "entity"],
  ["featureGroup.features", "columns"],
  ["featureGroup.featureGroupType", "type"],
];

/** Where in the form something of the body is: `entity.features.2.name` is `columns.2.name`. */
export function formFieldOf(field: string): string {
  for (const [body, form] of FORM_FIELDS) {
    if (field === body) return form;
    if (field.startsWith(`${body}.`)) return form + field.slice(body.length);
  }
  return field;
}
