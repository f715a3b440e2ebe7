//! What is looked for.

use super::ScanScope;
use clap::Args;

const AFTER_HELP: &str = "\
Examples:
  spanwise query '{ service = checkout } >> { errs }' exports/
  spanwise query 'a: { kind = server } > b: { duration > 100ms }' exports/ --show http.route
  spanwise query '{ operation = login } then { operation = charge } within 10ms' exports/
  spanwise query '{ count(> { exists(.db.system.name) }) >= 10 }' exports/

A term in braces is a condition on a span; terms with a name are shown, else the
last one. Each span of the last term is one row at most, with the nearest spans
before it.

Between terms:    > child, >> descendant, < parent, << ancestor, ~ sibling,
                  && same trace, links_to, linked_from,
                  then (behind it: after TIME, within TIME, without {…}),
                  overlaps; `~ then` and `~ overlaps` among siblings
Within a term:    and, or, not, ( ); = != < <= > >= =~ !~; exists(FIELD),
                  has(RELATION {…}), count(RELATION {…}) >= N
Fields:           service operation kind outcome status duration self_time
                  critical_time slack drag errs origin on_path root orphan
                  instance events links …, .ATTRIBUTE, span.ATTRIBUTE,
                  resource.ATTRIBUTE, canonical.FIELD";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct QueryArgs {
    /// What spans are and how they stand to each other, in structure and time
    #[arg(value_name = "EXPR")]
    pub(crate) expression: String,
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// Attributes that become columns
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    pub(crate) show: Vec<String>,
}
