# A small image with the one binary and nothing else: no shell, no root. The
# store, when it is the embedded one, lies in /data.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN ./scripts/build /sotay && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /sotay /sotay
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV HANDBOOK_DATA=/data HANDBOOK_ADDR=0.0.0.0:8080 HANDBOOK_METRICS_ADDR=0.0.0.0:9090
VOLUME /data
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/sotay", "healthcheck"]
ENTRYPOINT ["/sotay"]
CMD ["serve"]
