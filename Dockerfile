# Redress as a container, for those without Lambda: `redress serve`, which takes
# events from SQS and keeps its state in DynamoDB (store.table in redress.yaml).
#
#   docker build -t redress .
#   docker run --read-only --tmpfs /tmp \
#     -v ./redress.yaml:/etc/redress/redress.yaml:ro -e AWS_REGION=eu-west-1 redress
#
# Credentials come from where the SDK finds them: the task's or the pod's role.
# Without store.table the state is in a file: mount a disk at /var/lib/redress,
# and run one container only.
#
# There is no HEALTHCHECK: the process ends where it cannot go on, which is what
# an orchestrator looks at. `redress doctor` says what works; it asks AWS, and is
# not for every few seconds.

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Scripts of packages are not run: none that is needed has any.
RUN npm ci --ignore-scripts
COPY build.mjs tsconfig.json ./
COPY src ./src
COPY detectors ./detectors
COPY remediations ./remediations
COPY approvals ./approvals
RUN node build.mjs
RUN npm prune --omit=dev --ignore-scripts

FROM node:22-slim
ENV NODE_ENV=production REDRESS_STATE=/var/lib/redress
WORKDIR /app
RUN mkdir -p /var/lib/redress && chown node:node /var/lib/redress
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
# Node is the first process itself: it hears SIGTERM, finishes what it has begun, and ends.
ENTRYPOINT ["node", "/app/dist/redress.js"]
CMD ["serve", "--config", "/etc/redress/redress.yaml"]
