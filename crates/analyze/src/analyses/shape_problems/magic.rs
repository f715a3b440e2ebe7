//! Lengths of time that somebody once chose: timeouts and timers.

use crate::histogram::Histogram;

/// A length of time, what it is called, and who waits so long.
pub(super) struct Plateau {
    nano: u64,
    pub(super) name: &'static str,
    pub(super) cause: &'static str,
}

const fn plateau(nano: u64, name: &'static str, cause: &'static str) -> Plateau {
    Plateau { nano, name, cause }
}

const MS: u64 = 1_000_000;
const S: u64 = 1_000 * MS;

/// Ascending.
const PLATEAUS: [Plateau; 14] = [
    plateau(40 * MS, "40ms", "delayed acknowledgements of TCP"),
    plateau(200 * MS, "200ms", "the shortest retransmission of TCP"),
    plateau(S, "1s", "the first retransmission of a TCP connection"),
    plateau(3 * S, "3s", "two retransmissions of a TCP connection"),
    plateau(5 * S, "5s", "a timeout of a name resolver"),
    plateau(7 * S, "7s", "three retransmissions of a TCP connection"),
    plateau(
        10 * S,
        "10s",
        "two timeouts of a name resolver, or of connecting in a mesh",
    ),
    plateau(
        15 * S,
        "15s",
        "a timeout of a route in Envoy, or of a TCP connection",
    ),
    plateau(29 * S, "29s", "a timeout of an API gateway"),
    plateau(
        30 * S,
        "30s",
        "a timeout of a pool of connections or of a client",
    ),
    plateau(31 * S, "31s", "five retransmissions of a TCP connection"),
    plateau(60 * S, "60s", "a timeout of a proxy or load balancer"),
    plateau(120 * S, "120s", "a timeout of deliveries to Kafka"),
    plateau(300 * S, "300s", "the longest pause between polls of Kafka"),
];

/// What lasts less is near no plateau, nor beside one.
pub(super) const SHORTEST: u64 = 35 * MS;

/// How near to a plateau is on it, in thousandths.
const NEAR: u64 = 20;

/// How near is beside it.
const BESIDE: u64 = 100;

/// How many times as many as beside it make a peak.
const PEAK: u64 = 3;

/// How many there are at least in a peak.
const FEWEST: u64 = 3;

fn within(nano: u64, of: u64, thousandths: u64) -> bool {
    nano.abs_diff(of) <= of / 1_000 * thousandths
}

/// The plateau that a duration is on, of several the nearest.
pub(super) fn plateau_of(nano: u64) -> Option<&'static Plateau> {
    // Those that are much shorter stand before those that may be near.
    let first = PLATEAUS.partition_point(|one| one.nano + one.nano / 10 < nano);
    let near = PLATEAUS[first..].iter();
    let near = near.take_while(|one| one.nano / 10 * 9 <= nano);
    let near = near.filter(|one| within(nano, one.nano, NEAR));
    near.min_by_key(|one| one.nano.abs_diff(nano))
}

/// The plateau of this name.
pub(super) fn named(name: &str) -> Option<&'static Plateau> {
    PLATEAUS.iter().find(|one| one.name == name)
}

/// True where so many durations on a plateau stand out from those beside it:
/// they are several, and three times as many as the same stretch holds there.
pub(super) fn is_peak(plateau: &Plateau, count: u64, durations: &Histogram) -> bool {
    let beside =
        |nano: u64| within(nano, plateau.nano, BESIDE) && !within(nano, plateau.nano, NEAR);
    let others = durations.buckets().filter(|&(nano, _)| beside(nano));
    let others = others.map(|(_, count)| count);
    let others = others.fold(0, u64::saturating_add);
    // What is beside is four times as wide.
    let beside = others.saturating_mul(PEAK * NEAR);
    count >= FEWEST && count.saturating_mul(BESIDE - NEAR) > beside
}
