//! Real exports of vendors, counted as their manifest counts them.

mod corpus;

use spanwise_io::datadog::DatadogJson;
use spanwise_io::elastic::ElasticApm;
use spanwise_io::skywalking::{SkyWalkingCsv, SkyWalkingJson};

#[test]
fn files_of_datadog() {
    corpus::check(&DatadogJson, "datadog", &[]);
    corpus::check_recognition(&DatadogJson, &["datadog"]);
}

#[test]
fn files_of_skywalking() {
    corpus::check_recognition(&SkyWalkingCsv, &[]);
    corpus::check_recognition(&SkyWalkingJson, &[]);
}

#[test]
fn files_of_elastic_apm() {
    corpus::check(&ElasticApm, "elastic_apm", &[]);
    corpus::check_recognition(&ElasticApm, &["elastic_apm"]);
}
