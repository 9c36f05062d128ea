import type { RegistryFault } from "../model.ts";
import type { Steps } from "../steps.ts";

/**
 * A node that does not say what it must. Thrown while one part of the tree is read, caught where that
 * part can be left out.
 */
export class NodeFault extends Error {
  override readonly name = "NodeFault";
  readonly path: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.path = path;
  }

  static because(path: string, reason: string, cause: Error): NodeFault {
    return new NodeFault(path, reason, { cause });
  }

  toRegistryFault(disables: RegistryFault["disables"]): RegistryFault {
    return { path: this.path, reason: this.message, disables };
  }
}

/** What is wrong without stopping anything from being served. */
export type Notes = RegistryFault[];

/** Adds a fault that disables nothing. */
export function addNote(notes: Notes, path: string, reason: string): void {
  notes.push({ path, reason, disables: "nothing" });
}

/**
 * Carries out one part of a parse.
 *
 * @returns the part, or the fault that spoils it
 */
export function attempt<T>(parse: () => T): T | NodeFault {
  try {
    return parse();
  } catch (error) {
    if (error instanceof NodeFault) return error;
    throw error;
  }
}

/** Likewise, for a part that is parsed in steps. */
export function* attemptSteps<T>(steps: Steps<T>): Steps<T | NodeFault> {
  try {
    return yield* steps;
  } catch (error) {
    if (error instanceof NodeFault) return error;
    throw error;
  }
}
