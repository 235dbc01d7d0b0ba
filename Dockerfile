# The worker as an image. It is built in the repository's root:
#
#   docker build --tag protected-identity .
#   docker run --rm protected-identity --help
#   docker run --read-only --env IDENTITY_DIGEST_KEYS --env PGPASSWORD \
#     --volume "$PWD/worker.yaml:/etc/protected-identity/worker.yaml:ro" protected-identity
#
# It runs as user 10001, and with PostgreSQL it writes no file: no volume, a read-only root. (The embedded registry needs a
# writable folder for its file.) docker-compose.yml has it together with Kafka and PostgreSQL.

# The toolchain of the same Debian as below, so that the libraries here are those that it will meet there.
FROM swift:6.3.1-bookworm AS build

# Debian's stable releases change a package for security alone, and take the old version away: no versions here.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends pkg-config libcurl4-openssl-dev libexpat1-dev librdkafka-dev \
        libpq-dev libsqlite3-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /build

# The dependencies are a layer of their own, which stays until the manifest changes. A Package.resolved that lies here is kept to.
COPY Package.* ./
RUN swift package resolve

COPY Sources Sources
# None of these is built, but the manifest names their folders.
COPY Benchmarks Benchmarks
COPY Tests Tests

# What `--version` and the metrics name: there is no git in here. docker build --build-arg SOURCE_COMMIT=$(git rev-parse --short=12 HEAD)
ARG SOURCE_COMMIT=""
ENV SOURCE_COMMIT=$SOURCE_COMMIT

# The Swift runtime goes into the program, symbols stay out of it.
RUN swift build --configuration release --product protected-identity --static-swift-stdlib -Xlinker -s \
    && install -D .build/release/protected-identity /out/protected-identity


FROM debian:bookworm-20260202-slim

# What `ldd` says that it needs beside libc; ca-certificates for brokers and databases with TLS.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libcurl4 libexpat1 libpq5 librdkafka1 \
        libsqlite3-0 libstdc++6 zlib1g \
    && rm -rf /var/lib/apt/lists/*

COPY --from=build /out/protected-identity /usr/local/bin/

# A number, so that Kubernetes can tell that it is not root (runAsNonRoot).
USER 10001:10001

ENTRYPOINT ["/usr/local/bin/protected-identity"]
CMD ["run", "--config", "/etc/protected-identity/worker.yaml"]

# What the worker itself says (`/health/ready`: in the group, the store reachable, getting on), asked for within the container by
# bash, which Debian always has, and the image no curl. Another `admin.port` than 8080 is to come as ADMIN_PORT. For what has no
# admin end (`sweep`) switch it off. What makes a worker unready is told by `docker inspect`, and at more length by `check`.
HEALTHCHECK --interval=15s --timeout=5s --start-period=1m --start-interval=2s --retries=4 CMD ["/bin/bash", "-euc", \
    "exec 3<> \"/dev/tcp/127.0.0.1/${ADMIN_PORT:-8080}\"; printf 'GET /health/ready HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3; answer=$(cat <&3); echo \"${answer##*$'\\n'}\"; [[ $answer == 'HTTP/1.1 200 '* ]]"]
