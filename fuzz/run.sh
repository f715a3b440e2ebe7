#!/usr/bin/env bash
# Runs fuzz targets for some seconds each, from seeds that the project's own
# simulator and writers make: fuzz/run.sh [SECONDS [TARGET…]]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds="${1:-300}"
shift || true
readers=(otlp_json otlp_protobuf jaeger_json zipkin_json notation)
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=("${readers[@]}" read_any analyse)
seeds="$PWD/fuzz/corpus"
for reader in "${readers[@]}"; do
  mkdir -p "$seeds/$reader" "$seeds/read_any"
  for seed in 1 2 3; do
    cargo run --quiet -p spanwise-cli -- simulate --quiet --requests 2 --seed "$seed" \
      --to "${reader//_/-}" -o "$seeds/$reader/seed$seed" || continue
    gzip -c "$seeds/$reader/seed$seed" > "$seeds/read_any/$reader$seed.gz"
  done
done
unset CARGO_TARGET_DIR
failed=0
for target in "${targets[@]}"; do
  log="fuzz/$target.log"
  cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -rss_limit_mb=4096 \
    -print_final_stats=1 > "$log" 2>&1 || failed=1
  grep -E 'number_of_executed|panicked|ERROR|SUMMARY' "$log" | sed "s/^/$target: /"
done
exit "$failed"
