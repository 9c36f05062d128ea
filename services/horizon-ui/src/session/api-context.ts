import { createContext, useContext } from "react";
import type { Api } from "../api/api.ts";
import type { DraftStore } from "../model/drafts.ts";

/** What the composition root makes and all pages use. */
export interface Surroundings {
  readonly api: Api;
  readonly drafts: DraftStore;
}

export const SurroundingsContext = createContext<Surroundings | undefined>(undefined);

export function useSurroundings(): Surroundings {
  const surroundings = useContext(SurroundingsContext);
  if (surroundings === undefined) throw new Error("there is no SurroundingsContext around this");
  return surroundings;
}

export function useApi(): Api {
  return useSurroundings().api;
}
