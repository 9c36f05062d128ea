import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./styles.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { config } from "zod";
import { createApi } from "./api/api.ts";
import { ApiError } from "./api/api-error.ts";
import { csrfHeaders } from "./api/csrf.ts";
import { createHttp } from "./api/http.ts";
import { createDraftStore } from "./model/drafts.ts";
import { router } from "./routes.tsx";
import { SurroundingsContext } from "./session/api-context.ts";
import { SESSION_KEY } from "./session/use-session.ts";
import { resolveColors, theme } from "./theme.ts";

const STALE_MS = 10_000;
const MAX_RETRIES = 2;
const SERVER_FAULT = 500;

// The content security policy forbids making code at run time, and zod would try.
config({ jitless: true });

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      retry: (failures, error) => failures < MAX_RETRIES && isPassing(error),
    },
  },
});

/** Asking again helps when the server could not be reached or was not well, not when it has refused. */
function isPassing(error: Error): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= SERVER_FAULT);
}

const http = createHttp({
  fetch: (...args) => window.fetch(...args),
  headers: () => csrfHeaders(document.cookie),
  onSignedOut: () => queryClient.setQueryData(SESSION_KEY, null),
});
const surroundings = { api: createApi(http), drafts: createDraftStore(browserStorage()) };

/** @returns undefined where the browser's settings forbid it */
function browserStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined; // reading the property itself throws then; drafts are simply not kept
  }
}

const container = document.getElementById("root");
if (container === null) throw new Error("index.html has no element #root");
createRoot(container).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolveColors} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <SurroundingsContext value={surroundings}>
          <RouterProvider router={router} />
        </SurroundingsContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
