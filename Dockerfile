# One image, two entry points (and the migrations):
#
#   API          dist/src/main.js           (default)
#   auth server  dist/auth-server/main.js
#   migrations   dist/launcher/migrate.js   (ends when done)
#
# docker-compose.yml shows how they go together.

FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS base
WORKDIR /app
COPY package.json package-lock.json ./

# Install scripts bring Node and an embedded PostgreSQL: the image has the one and needs no other.
FROM base AS build
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN npm run build

# Optional packages stay: the native code of argon2 for this platform is one of them.
FROM base AS packages
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts

FROM base AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Gatehouse" \
      org.opencontainers.image.description="Authentication and user administration backend: auth server and API" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
# The npm scripts of package.json load it.
COPY --from=build /app/runtime/entry/built.cjs runtime/entry/built.cjs
COPY LICENSE ./

# Files belong to root: the process can read them and change nothing.
USER node
EXPOSE 3000 8000

# HEALTH_URL overrides it where the container is not the API.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.HEALTH_URL || `http://127.0.0.1:${process.env.API_PORT || 8000}/health/live`, { signal: AbortSignal.timeout(2500) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Exec form: Node itself gets SIGTERM and stops cleanly.
# A smaller heap, see docs/performance.md.
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=8", "--heap-growing-percent=50"]
CMD ["dist/src/main.js"]
