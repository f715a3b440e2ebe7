//! What scopes say of sampling: the OpenTelemetry collector's tail sampler
//! names there the policy that chose a trace.

use spanwise_model::{ScopeId, SpanBatch, Value};

/// Where the policy stands, or that an earlier decision was kept to.
const POLICY: [&str; 2] = ["tailsampling.composite_policy", "tailsampling.policy"];
const CACHED: &str = "tailsampling.cached_decision";
/// How policies that choose by chance are called by their type.
const CHANCE: &str = "probabilistic";

/// By scope, whether a policy other than chance chose its spans; empty where
/// no scope has attributes.
pub(super) fn chosen(batch: &SpanBatch) -> Vec<bool> {
    if batch.scopes.are_bare() {
        return Vec::new();
    }
    let scopes = 0..batch.scopes.len() as u32;
    scopes
        .map(|scope| is_chosen(batch, ScopeId(scope)))
        .collect()
}

fn is_chosen(batch: &SpanBatch, scope: ScopeId) -> bool {
    let said = |key: &str| {
        let key = batch.strings.find(key)?;
        batch.scopes.attribute(scope, key)
    };
    match POLICY.into_iter().find_map(said) {
        Some(policy) => !policy.to_text().to_lowercase().contains(CHANCE),
        None => said(CACHED).and_then(Value::as_bool) == Some(true),
    }
}

#[cfg(test)]
mod tests {
    use crate::sampling::{Sampled, Sampling, ONE};
    use spanwise_model::{Symbol, Value};

    fn sampled(attributes: &[(&str, Value<'_>)]) -> Sampled {
        let mut batch = spanwise_io::notation::parse("shop GET 0..1 SampleRate=20");
        for &(key, value) in attributes {
            let key = batch.strings.intern(key);
            batch.scopes.push(key, value);
        }
        batch.heads[0].scope = batch.scopes.intern(Symbol::EMPTY, Symbol::EMPTY);
        let table = spanwise_io::assemble::assemble(batch).expect("a table");
        Sampling::new(&table).own(0).sampled
    }

    #[test]
    fn a_policy_other_than_chance_biases_what_it_kept() {
        let policy = |name| ("tailsampling.policy", Value::Str(name));
        let cached = |flag| ("tailsampling.cached_decision", Value::Bool(flag));
        assert_eq!(sampled(&[]), Sampled::Weighed(20 * ONE));
        assert_eq!(sampled(&[policy("errors")]), Sampled::Biased);
        assert_eq!(
            sampled(&[policy("probabilistic-5")]),
            Sampled::Weighed(20 * ONE)
        );
        assert_eq!(sampled(&[cached(true)]), Sampled::Biased);
        assert_eq!(sampled(&[cached(false)]), Sampled::Weighed(20 * ONE));
        let composite = ("tailsampling.composite_policy", Value::Str("slow"));
        assert_eq!(
            sampled(&[policy("probabilistic"), composite]),
            Sampled::Biased
        );
    }
}
