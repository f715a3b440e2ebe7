#!/usr/bin/env bash
# Runs every fuzz target for some seconds each, from seeds written by the
# project's own simulator and writers: fuzz/run.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds="${1:-300}"
seeds="$PWD/fuzz/corpus"
for format in otlp-json otlp-proto jaeger-json zipkin-json notation; do
  target="${format//-/_}"
  [ "$target" = otlp_proto ] && target=otlp_protobuf
  mkdir -p "$seeds/$target" "$seeds/read_any"
  for seed in 1 2 3; do
    cargo run --quiet -p spanwise-cli -- simulate --traces 2 --seed "$seed" \
      --output-format "$format" -o "$seeds/$target/seed$seed" --quiet
    gzip -c "$seeds/$target/seed$seed" > "$seeds/read_any/$target$seed.gz"
  done
done
unset CARGO_TARGET_DIR
for target in otlp_json otlp_protobuf jaeger_json zipkin_json notation read_any analyse; do
  cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -rss_limit_mb=4096 \
    -print_final_stats=1 2>&1 | grep -E 'stat::number_of_executed|panicked|ERROR|SUMMARY|Done' \
    | sed "s/^/$target: /"
done
