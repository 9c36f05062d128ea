import type { ApprovedRequest } from "../../../horizon/test/support/operator.ts";
import { type Place, type Row, STEADY } from "./feature-rows.ts";
import type { LiveStores } from "./live-fleet.ts";
import { feature, registerEntity, registerGroup, registerStore } from "./registrations.ts";
import { OLD_ROW } from "./steady-load.ts";

/** One change, and how to tell that a process serves it. */
export interface LiveChange {
  readonly name: string;
  readonly round: number;
  /** The last one makes the change visible; the others prepare it. */
  readonly requests: readonly [...ApprovedRequest[], ApprovedRequest];
  readonly place: Place;
  /** What a row shows of the new schema, before it is written anew. */
  readonly shows: { readonly key: string; readonly row: Row };
  /** What the group no longer has. */
  readonly goneLabel?: string;
  /** What can be written from now on. */
  readonly written: Row;
}

/** What a number `n` of round is in FP32 without rounding. */
const fraction = (round: number): number => round + 1 / 8;

/** One round of changes while others use the features `a` and `b` of the same group. Names are the round's own. */
export function changesOf(stores: LiveStores, round: number): readonly LiveChange[] {
  const inGroup = { "entity-label": STEADY.entity, "feature-group-label": STEADY.group };
  const added = `c${round}`;
  const place = { entity: `item${round}`, group: "numbers" };
  const group = { entity: STEADY.entity, group: `more${round}` };
  const changes: readonly Omit<LiveChange, "round">[] = [
    {
      name: "register a feature group",
      requests: [registerGroup(stores, group.entity, group.group, 1, [feature("x", round)])],
      place: group,
      shows: { key: OLD_ROW.key, row: { x: round } },
      written: { x: fraction(round) },
    },
    {
      name: "add features",
      requests: [
        {
          submit: "add-features",
          decide: "process-add-features",
          body: { ...inGroup, features: [feature(added, fraction(round))] },
        },
      ],
      place: STEADY,
      shows: { key: OLD_ROW.key, row: { ...OLD_ROW.row, [added]: fraction(round) } },
      written: { a: 1, b: 2, [added]: 3 },
    },
    {
      name: "edit defaults",
      requests: [
        {
          submit: "edit-features",
          decide: "process-add-features",
          body: { ...inGroup, features: [feature("a", fraction(round) * 2)] },
        },
      ],
      place: STEADY,
      shows: { key: `missing${round}`, row: { a: fraction(round) * 2, b: 0.25 } },
      written: { a: 4, b: 5, [added]: 6 },
    },
    {
      name: "delete features",
      requests: [
        {
          submit: "delete-features",
          method: "DELETE",
          decide: "process-delete-features",
          body: { ...inGroup, "feature-labels": [added] },
        },
      ],
      place: STEADY,
      shows: OLD_ROW,
      goneLabel: added,
      written: { a: 7, b: 8 },
    },
    {
      name: "new store and entity",
      requests: [
        registerStore(stores, `live_items_${round}`),
        registerEntity(stores, place.entity),
        registerGroup(stores, place.entity, place.group, round + 1, [feature("y", round)]),
      ],
      place,
      shows: { key: "anything", row: { y: round } },
      written: { y: fraction(round) },
    },
  ];
  return changes.map((change) => ({ ...change, round }));
}
