# Written by `npm run dockerfiles` from deploy/src/dockerfiles.ts.
FROM docker.io/library/node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN node scripts/bootstrap.mjs
RUN npm exec --yes --package=pnpm@12.21.0 -- pnpm --filter @ofs/consumer deploy --prod --legacy /out

FROM docker.io/library/node:24-bookworm-slim
LABEL org.opencontainers.image.title="ofs-consumer" \
      org.opencontainers.image.description="Online feature store: Kafka to the stores" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /out ./
USER 1000:1000
EXPOSE 8090
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.APP_PORT || 8090) + '/health/self').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/main.js"]
