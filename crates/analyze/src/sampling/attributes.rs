//! What attributes say of sampling: Jaeger's sampler, Honeycomb's rate,
//! Datadog's rates.

use super::{Sampled, ONE};
use crate::facts::Fields;
use spanwise_model::semconv::Field;
use spanwise_model::Value;

/// What the attributes of a span say.
pub(super) fn read(fields: &Fields<'_>) -> Sampled {
    if let Some(rate) = fields.get(Field::SampleRate) {
        return by_rate(rate);
    }
    if let Some(sampler) = fields.text(Field::SamplerType) {
        return by_sampler(&sampler, fields.get(Field::SamplerParam));
    }
    match fields.get(Field::SampleShare) {
        Some(share) => by_share(share),
        None => Sampled::Unsaid,
    }
}

/// One in so many was kept.
fn by_rate(rate: Value<'_>) -> Sampled {
    match rate.as_int() {
        Some(rate @ 1..) => Sampled::Weighed(rate as u128 * ONE),
        _ => Sampled::Unsaid,
    }
}

/// This share was kept.
fn by_share(share: Value<'_>) -> Sampled {
    let share = match share {
        Value::Str(text) => text.trim().parse().ok(),
        Value::Double(share) => Some(share),
        Value::Int(share) => Some(share as f64),
        _ => None,
    };
    match share {
        Some(share) if share > 0.0 && share <= 1.0 => {
            Sampled::Weighed((ONE as f64 / share).round() as u128)
        }
        _ => Sampled::Unsaid,
    }
}

/// Jaeger's samplers. A lower bound keeps what the probabilistic sampler left
/// out so that rare operations are seen at all.
fn by_sampler(sampler: &str, param: Option<Value<'_>>) -> Sampled {
    match sampler {
        "const" => Sampled::Weighed(ONE),
        "probabilistic" => param.map_or(Sampled::Unsaid, by_share),
        "lowerbound" | "ratelimiting" => Sampled::Biased,
        _ => Sampled::Unsaid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::Sampling;

    fn sampled(attributes: &str) -> Sampled {
        let text = format!("shop GET 0..1 {attributes}");
        let batch = spanwise_io::notation::parse(&text);
        let table = spanwise_io::assemble::assemble(batch).expect("a table");
        Sampling::new(&table).own(0).sampled
    }

    #[test]
    fn each_source_has_its_weight() {
        let times = |count: u128| Sampled::Weighed(count * ONE);
        for (attributes, expected) in [
            ("SampleRate=20", times(20)),
            ("SampleRate=\"3\"", times(3)),
            ("sampler.type=const sampler.param=true", times(1)),
            ("sampler.type=probabilistic sampler.param=0.1", times(10)),
            ("sampler.type=probabilistic sampler.param=\"0.5\"", times(2)),
            ("sampler.type=probabilistic sampler.param=1", times(1)),
            ("_dd.rule_psr=0.25", times(4)),
            ("_dd.agent_psr=0.125", times(8)),
            (
                "sampler.type=lowerbound sampler.param=0.001",
                Sampled::Biased,
            ),
            ("sampler.type=ratelimiting sampler.param=2", Sampled::Biased),
            ("sampler.type=remote", Sampled::Unsaid),
            ("sampler.type=probabilistic", Sampled::Unsaid),
            (
                "sampler.type=probabilistic sampler.param=0",
                Sampled::Unsaid,
            ),
            (
                "sampler.type=probabilistic sampler.param=2",
                Sampled::Unsaid,
            ),
            ("SampleRate=0", Sampled::Unsaid),
            ("sampling.priority=1", Sampled::Unsaid),
            ("", Sampled::Unsaid),
        ] {
            assert_eq!(sampled(attributes), expected, "{attributes}");
        }
    }

    #[test]
    fn a_third_is_rounded_to_the_unit() {
        let third = sampled("_dd.rule_psr=0.3");
        assert_eq!(third, Sampled::Weighed(218_453));
    }
}
