use super::*;
use clap::CommandFactory;

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn flags_may_stand_behind_paths() {
    let cli = Cli::try_parse_from([
        "spanwise",
        "critical-path",
        "a",
        "b",
        "--percentile",
        "99",
        "--sort",
        "-share",
        "--since",
        "-15m",
        "--attribute",
        "k=v",
        "--attribute",
        "x=y",
        "-n",
        "3",
        "--format",
        "csv",
    ]);
    let Command::CriticalPath(args) = cli.expect("good usage").command else {
        panic!("another command");
    };
    assert_eq!(args.requests.percentile, Some(99.0));
    assert_eq!(args.scan.scope.read.paths.len(), 2);
    assert_eq!(args.scan.scope.output.sort.as_deref(), Some("-share"));
    assert_eq!(args.scan.scope.output.format, Format::Csv);
    assert_eq!(args.scan.scope.filter.attribute.len(), 2);
    assert_eq!(args.scan.scope.policy.tolerance, 1_000);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let bad: [&[&str]; 9] = [
        &[],
        &["summary"],
        &["summary", "a", "--format", "xml"],
        &["summary", "a", "--threads", "0"],
        &["critical-path", "a", "--percentile", "101"],
        &["critical-path", "a", "--component", "1"],
        &["compare", "a", "--baseline", "1..2"],
        &["spans", "a", "--min-duration", "15"],
        &["spans", "a", "--since", "yesterday-ish"],
    ];
    for args in bad {
        let args = std::iter::once(&"spanwise").chain(args);
        assert!(Cli::try_parse_from(args.clone()).is_err(), "{args:?}");
    }
}
