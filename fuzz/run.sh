#!/usr/bin/env bash
# Runs fuzz targets for some seconds each and says how many inputs each tried:
# fuzz/run.sh [SECONDS [TARGET…]]
set -euo pipefail
cd "$(dirname "$0")"
unset CARGO_TARGET_DIR
export RAYON_NUM_THREADS=1
seconds="${1:-300}"
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(
  otlp_json otlp_protobuf jaeger_json zipkin_json notation read_any scan partials query assemble_analyze
  xray_json datadog_json elastic_apm chrome_trace skywalking_json skywalking_csv
  jaeger_elasticsearch data_prepper zipkin_v1_json zipkin_thrift zipkin_protobuf
  clickhouse_csv clickhouse_tsv clickhouse_json
  spanwise_parquet tempo_parquet table_parquet table_arrow parquet_groups
)
cargo run --quiet --release --example seed
failed=0
for target in "${targets[@]}"; do
  cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -rss_limit_mb=4096 \
    -print_final_stats=1 > "$target.log" 2>&1 || failed=1
  grep -E 'number_of_executed|panicked|ERROR|SUMMARY' "$target.log" | sed "s/^/$target: /"
done
exit "$failed"
