# The service and its certificates, nothing else. Built with: docker build -t exhibit .

# The pages' style sheet and scripts, which become part of the program.
FROM node:22-bookworm-slim AS web
WORKDIR /build
COPY web web
RUN web/build


FROM rust:1.95-bookworm AS build
WORKDIR /build

# The dependencies are a layer of their own: as long as the two Cargo files stay the same, only our code is compiled.
# Empty stand-ins take the place of that code.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs \
    && cargo build --release --locked \
    && rm -rf src

COPY . .
COPY --from=web /build/web/dist web/dist
# Cargo goes by the time of a file, and ours may be older than the stand-ins.
RUN find src -name '*.rs' -exec touch {} + \
    && cargo build --release --locked \
    && install -D target/release/exhibit /out/exhibit


FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 10001 -g 10001 -m 0750 /data

COPY --from=build /out/exhibit /usr/local/bin/exhibit

# A number, so that an orchestrator can see that it is not root. Nothing outside /data and /tmp is ever written to:
# the root file system may be read-only.
USER 10001:10001
WORKDIR /data
VOLUME /data

ENV EXHIBIT__SERVER__LISTEN=0.0.0.0:8080 \
    EXHIBIT__DATABASE__URL=sqlite:///data/exhibit.db \
    EXHIBIT__STORAGE__URL=disk:/data/objects \
    EXHIBIT__MAIL__URL=folder:/data/mail
EXPOSE 8080

# On SIGTERM it stops being ready and finishes the uploads it has begun.
STOPSIGNAL SIGTERM
ENTRYPOINT ["exhibit"]
CMD ["serve"]
