//! OpenTelemetry's member of the W3C trace state: `ot=th:c;rv:…`, and before it
//! `ot=p:2;r:5`.

use super::{Mark, Sampled, ONE};
use spanwise_model::TraceId;

/// Thresholds and randomness are fractions of this.
const WHOLE: u64 = 1 << 56;

/// What a trace state says of sampling; `None` where it says nothing.
pub(super) fn read(state: &str, trace: TraceId) -> Option<Mark> {
    let member = member(state)?;
    let field = |name| field(member, name);
    match field("th") {
        Some(threshold) => by_threshold(threshold, field("rv"), trace),
        None => by_power(field("p")?, field("r")),
    }
}

/// A trace state with what it says of sampling alone. Randomness that came from
/// the id of the trace, which changes, is written down as far as it matters:
/// whether it passes the threshold.
pub(crate) fn anonymised(state: &str, trace: TraceId) -> String {
    let Some(mark) = read(state, trace) else {
        return String::new();
    };
    let member = member(state).unwrap_or_default();
    let said = |name| field(member, name).is_some();
    let random = match mark.inconsistent {
        _ if said("rv") || !said("th") => "",
        true => ";rv:00000000000000",
        false => ";rv:ffffffffffffff",
    };
    format!("ot={member}{random}")
}

fn member(state: &str) -> Option<&str> {
    state.split(',').find_map(|member| {
        let (vendor, value) = member.split_once('=')?;
        (vendor.trim() == "ot").then_some(value.trim())
    })
}

fn field<'a>(member: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = member.split(';').filter_map(|field| field.split_once(':'));
    fields.find_map(|(key, value)| (key == name).then_some(value))
}

/// A threshold T rejects the fraction T / 2⁵⁶, so what is kept stands for
/// 2⁵⁶ / (2⁵⁶ − T).
fn by_threshold(threshold: &str, randomness: Option<&str>, trace: TraceId) -> Option<Mark> {
    let digits = threshold.len() as u32;
    if !(1..=14).contains(&digits) || !is_hex(threshold) {
        return None;
    }
    let rejected = u64::from_str_radix(threshold, 16).ok()? << (4 * (14 - digits));
    let kept = u128::from(WHOLE - rejected);
    let weight = (u128::from(WHOLE) * ONE + kept / 2) / kept;
    let explicit = randomness.filter(|text| text.len() == 14 && is_hex(text));
    let random = explicit.and_then(|text| u64::from_str_radix(text, 16).ok());
    let random = random.unwrap_or(trace.0 as u64 % WHOLE);
    Some(Mark {
        sampled: Sampled::Weighed(weight),
        inconsistent: random < rejected,
    })
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `p` is the power of two that is stood for; 63 means that the span would
/// never be kept by chance, so it stands for none.
fn by_power(power: &str, randomness: Option<&str>) -> Option<Mark> {
    let power: u32 = power.parse().ok().filter(|power| *power <= 63)?;
    let random = randomness.and_then(|text| text.parse::<u32>().ok());
    let weight = if power == 63 { 0 } else { ONE << power };
    Some(Mark {
        sampled: Sampled::Weighed(weight),
        inconsistent: random.is_some_and(|random| random < power),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(state: &str) -> Option<f64> {
        read(state, TraceId(u128::MAX))?.sampled.adjusted_count()
    }

    #[test]
    fn thresholds_give_adjusted_counts() {
        for (state, expected) in [
            ("ot=th:0", 1.0),
            ("ot=th:8", 2.0),
            ("ot=th:c", 4.0),
            ("ot=th:c;rv:d0000000000000", 4.0),
            ("vendor=1, ot=rv:ffffffffffffff;th:e", 8.0),
            ("ot=p:0", 1.0),
            ("ot=p:4;r:7", 16.0),
            ("ot=p:63", 0.0),
        ] {
            assert_eq!(count(state), Some(expected), "{state}");
        }
        let most = count("ot=th:ffffffffffffff");
        assert_eq!(most, Some(2f64.powi(56)));
    }

    #[test]
    fn what_is_no_threshold_says_nothing() {
        for state in [
            "",
            "ot=",
            "ot=th:",
            "ot=th:x",
            "ot=th:+1",
            "ot=th:123456789012345",
            "other=th:8",
            "ot=p:64",
            "ot=p:-1",
            "ot=rv:00000000000000",
        ] {
            assert_eq!(count(state), None, "{state}");
        }
    }

    #[test]
    fn anonymised_states_say_the_same_of_sampling() {
        let trace = TraceId(0x90_0000_0000_0000);
        for state in [
            "ot=th:8",
            "ot=th:c",
            "v=1,ot=rv:90000000000000;th:c",
            "ot=p:3;r:2",
            "v=1",
        ] {
            let after = anonymised(state, trace);
            assert_eq!(
                read(&after, TraceId(1)),
                read(state, trace),
                "{state}: {after}"
            );
            assert!(!after.contains("v=1"));
        }
    }

    #[test]
    fn a_sampler_that_breaks_its_rule_is_seen() {
        let broken = |state, low: u64| {
            let trace = TraceId(7 << 64 | u128::from(low));
            read(state, trace).map(|mark| mark.inconsistent)
        };
        assert_eq!(broken("ot=th:8", 0x80_0000_0000_0000), Some(false));
        assert_eq!(broken("ot=th:8", 0x7f_ffff_ffff_ffff), Some(true));
        let explicit = "ot=th:8;rv:90000000000000";
        assert_eq!(broken(explicit, 0), Some(false), "rv counts");
        assert_eq!(broken("ot=p:3;r:2", 0), Some(true));
        assert_eq!(broken("ot=p:3;r:3", 0), Some(false));
    }
}
