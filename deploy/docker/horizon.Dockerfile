# Written by `npm run dockerfiles` from deploy/src/dockerfiles.ts.
FROM docker.io/library/node:24-bookworm-slim AS packages
WORKDIR /src
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN npm exec --yes --package=pnpm@12.21.0 -- pnpm fetch

FROM packages AS build
COPY . .
RUN node scripts/bootstrap.mjs
RUN npm exec --yes --package=pnpm@12.21.0 -- pnpm --filter @ofs/horizon deploy --prod --legacy --prefer-offline /out \
 && cp -r LICENSE /out/LICENSE \
 && cp -r deploy/docker/health.mjs /out/health.mjs \
 && cp -r services/horizon-ui/dist /out/ui

FROM docker.io/library/node:24-bookworm-slim
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ofs-horizon" \
      org.opencontainers.image.description="Online feature store: control plane and web UI" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
ENV HORIZON_UI_FOLDER=/app/ui
WORKDIR /app
COPY --from=build /out ./
USER 1000:1000
EXPOSE 8082
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "health.mjs", "8082", "/health"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/main.js"]
