# A small image with the one binary. The store, when it is the embedded one,
# lies in /data.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /sotay ./api \
 && mkdir /data

FROM scratch
COPY --from=build /sotay /sotay
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV HANDBOOK_DATA=/data HANDBOOK_ADDR=0.0.0.0:8080 HANDBOOK_METRICS_ADDR=0.0.0.0:9090
VOLUME /data
EXPOSE 8080 9090
ENTRYPOINT ["/sotay"]
CMD ["serve"]
