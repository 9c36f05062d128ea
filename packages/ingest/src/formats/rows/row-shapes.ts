import type { JsonObject, ResolvedGroup } from "@ofs/rows";
import { RowShape } from "./row-shape.ts";

/** Shapes of one group that are remembered: where columns are often null there may be very many. */
const SHAPES_MAX = 1_000;

/** Shapes of rows by group version: as long as a group stays the same, rows with the same columns have the same shape. */
export class RowShapes {
  readonly #byGroup = new WeakMap<ResolvedGroup, Map<string, RowShape>>();

  /** A column whose value is null is left out. @throws {MessageFault} naming a column that does not fit */
  shapeOf(
    group: ResolvedGroup,
    values: JsonObject,
    isFolded: boolean,
    isDelete: boolean,
  ): RowShape {
    const shapes = this.#byGroup.get(group) ?? new Map<string, RowShape>();
    this.#byGroup.set(group, shapes);
    let title = `${isDelete ? "delete" : "write"} ${isFolded ? "folded" : "exact"}`;
    for (const name in values) if (values[name] !== null) title += `\0${name}`;
    const known = shapes.get(title);
    if (known !== undefined) return known;
    const names = Object.keys(values).filter((name) => values[name] !== null);
    const shape = new RowShape(group, names, isFolded, isDelete);
    if (shapes.size >= SHAPES_MAX) shapes.delete(shapes.keys().next().value as string);
    shapes.set(title, shape);
    return shape;
  }
}
