import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where a horizon for development listens. */
const { HORIZON_URL = "http://127.0.0.1:8082" } = process.env;
const API_PREFIXES = [
  ...["/api", "/login", "/logout", "/register", "/users", "/update-user", "/ready"],
  // Of the row dialect.
  ...["/entity", "/feature-group", "/tenant", "/consumer", "/populator", "/kafka", "/v1"],
];

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    // The content security policy of horizon allows no data: scripts, and one page needs few requests.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules.*[\\/](?:react|react-dom|scheduler)[\\/]/ },
            { name: "mantine", test: /node_modules.*[\\/]@mantine[\\/]/ },
            { name: "tanstack", test: /node_modules.*[\\/]@tanstack[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      API_PREFIXES.map((prefix) => [
        prefix,
        {
          target: HORIZON_URL,
          // Pages and endpoints share some paths: what a browser navigates to is a page.
          bypass: (request: {
            headers: { accept?: string | undefined };
            url?: string | undefined;
          }) =>
            request.headers.accept?.includes("text/html") === true ? "/index.html" : undefined,
        },
      ]),
    ),
  },
});
