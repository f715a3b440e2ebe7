//! Envoy's response flags, as Envoy, Istio, Consul and other gateways built on
//! it write them.

use super::Outcome;

/// What a list of flags tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ProxyFlags {
    /// How the request ended.
    pub(super) outcome: Option<Outcome>,
    /// True where `outcome` is only what is likely, because the flag tells
    /// that it failed and not how; a protocol code is better then.
    pub(super) weak: bool,
    /// True where the proxy delayed or failed the request on purpose.
    pub(super) injected: bool,
}

/// Codes and long names of flags that name the reason.
const STRONG: &[(Outcome, &[&str])] = &[
    (
        Outcome::Unavailable,
        &[
            "UH",
            "NoHealthyUpstream",
            "UF",
            "UpstreamConnectionFailure",
            "UC",
            "UpstreamConnectionTermination",
            "UR",
            "UpstreamRemoteReset",
            "DF",
            "DnsResolutionFailed",
            "LH",
            "FailedLocalHealthCheck",
        ],
    ),
    (Outcome::BreakerOpen, &["UO", "UpstreamOverflow"]),
    (
        Outcome::Timeout,
        &[
            "UT",
            "UpstreamRequestTimeout",
            "UMSDR",
            "UpstreamMaxStreamDurationReached",
            "DT",
            "DurationTimeout",
            "SI",
            "StreamIdleTimeout",
        ],
    ),
    (Outcome::ServerError, &["LR", "LocalReset"]),
    (
        Outcome::DataError,
        &[
            "UPE",
            "UpstreamProtocolError",
            "DPE",
            "DownstreamProtocolError",
        ],
    ),
    (
        Outcome::Cancelled,
        &[
            "DC",
            "DownstreamConnectionTermination",
            "DR",
            "DownstreamRemoteReset",
        ],
    ),
    (
        Outcome::Throttled,
        &["RL", "RateLimited", "RLSE", "RateLimitServiceError"],
    ),
    (Outcome::Denied, &["UAEX", "UnauthorizedExternalService"]),
    (
        Outcome::OverloadShed,
        &[
            "OM",
            "OverloadManagerTerminated",
            "DO",
            "DropOverload",
            "UDO",
            "UnconditionalDropOverload",
        ],
    ),
    (Outcome::ClientError, &["IH", "InvalidEnvoyRequestHeaders"]),
];

/// Flags that tell of a failure and not of its reason: nothing is routed, or
/// all attempts are used up.
const WEAK: &[&str] = &[
    "URX",
    "UpstreamRetryLimitExceeded",
    "NR",
    "NoRouteFound",
    "NC",
    "NoClusterFound",
    "NFCF",
    "NoFilterConfigFound",
];

const INJECTED: &[&str] = &["DI", "DelayInjected", "FI", "FaultInjected"];

impl ProxyFlags {
    /// Reads flags that are joined by commas; `-` and what is not known tell
    /// nothing. The first flag that names a reason counts.
    pub(super) fn read(text: &str) -> Self {
        let mut flags = Self::default();
        for flag in text.split(',').map(str::trim) {
            flags.injected |= INJECTED.contains(&flag);
            let strong = STRONG.iter().find(|(_, names)| names.contains(&flag));
            match strong {
                Some(&(outcome, _)) if flags.outcome.is_none() || flags.weak => {
                    flags.outcome = Some(outcome);
                    flags.weak = false;
                }
                None if flags.outcome.is_none() && WEAK.contains(&flag) => {
                    flags.outcome = Some(Outcome::Unavailable);
                    flags.weak = true;
                }
                _ => {}
            }
        }
        flags
    }

    /// The outcome where the protocol's code tells `code`. A flag says more
    /// than a code that any broken gateway answers with, but not more than a
    /// code that names the request's own fault.
    pub(super) fn refine(self, code: Outcome) -> Outcome {
        let vague = matches!(
            code,
            Outcome::Unavailable | Outcome::Timeout | Outcome::ServerError | Outcome::Throttled
        );
        match self.outcome {
            Some(outcome) if vague && !self.weak => outcome,
            _ => code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_its_outcome() {
        let told = |flag| ProxyFlags::read(flag).outcome.map_or("-", Outcome::name);
        for (flags, outcome) in [
            ("UH UF UC UR DF LH URX NR NC NFCF", "unavailable"),
            ("UO", "breaker_open"),
            ("UT UMSDR DT SI", "timeout"),
            ("LR", "server_error"),
            ("UPE DPE", "data_error"),
            ("DC DR", "cancelled"),
            ("RL RLSE", "throttled"),
            ("UAEX", "denied"),
            ("OM DO UDO", "overload_shed"),
            ("IH", "client_error"),
            ("DI FI RFCF - XX", "-"),
        ] {
            for flag in flags.split(' ') {
                assert_eq!(told(flag), outcome, "{flag}");
            }
        }
    }

    #[test]
    fn the_first_reason_counts_and_faults_are_apart() {
        let flags = ProxyFlags::read("URX, UT,FI");
        assert_eq!(flags.outcome, Some(Outcome::Timeout));
        assert!(flags.injected && !flags.weak);
        assert_eq!(flags.refine(Outcome::Unavailable), Outcome::Timeout);
        assert_eq!(flags.refine(Outcome::NotFound), Outcome::NotFound);
        let weak = ProxyFlags::read("URX");
        assert_eq!(weak.refine(Outcome::Timeout), Outcome::Timeout);
    }
}
