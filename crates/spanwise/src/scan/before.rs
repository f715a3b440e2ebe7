//! What must be known of all input before the first row of it can be told: the
//! input is read once more for that, and before.
//!
//! Where a scan can be resumed, what such a pass has done is kept in a folder
//! beside that of the scan until the scan has ended.

use super::Scan;
use crate::Partials;
use spanwise_analyze::analyses::{
    AskedSenders, Clocks, EdgeList, EdgeView, Edges, Hotspots, KnownSenders, Peers, SiblingOrder,
};
use spanwise_analyze::{Analysis, Clock, ClockModel};
use spanwise_io::scan::{remove_scan, Resume};
use spanwise_io::Input;
use spanwise_model::{Error, ErrorKind, Result};

/// What is found out before, as the end of a folder's name.
const BEFORE: [&str; 5] = ["clocks", "peers", "order", "asked", "senders"];

impl Scan {
    /// The durations of all spans by operation, for
    /// [`crate::analyses::SpanList::among`]. It reads the input once; listing spans
    /// among them reads it again.
    ///
    /// ```
    /// use spanwise::{analyses::SpanList, model::table::Cell, Input};
    ///
    /// let scan = spanwise::scan([Input::bytes("trace 1\nshop GET 0..10\ntrace 2\nshop GET 0..40")]);
    /// let list = scan.spans(&SpanList::default().among(scan.peers()?))?;
    /// assert_eq!(list.cell(0, "percentile"), Cell::F64(50.0));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Scan::run`]; [`ErrorKind::Usage`] where an input is standard input,
    /// which cannot be read twice.
    pub fn peers(&self) -> Result<Peers> {
        let hotspots = Hotspots::default();
        Ok(Peers::read(self.before("peers", &hotspots)?.of(&hotspots)?))
    }

    /// The listing of edges for [`Scan::list`]. From parents to children, all that
    /// rows say is said by one trace. What spans may have waited for is learnt from
    /// all traces, for which the input is read once; senders of other traces are
    /// found by reading it twice, and those that edges name are held, some hundred
    /// bytes each. The listing itself reads the input again.
    ///
    /// ```
    /// use spanwise::analyses::{EdgeView, Edges};
    /// use spanwise::{model::table::Cell, Input, RowOptions};
    ///
    /// let scan = spanwise::scan([Input::bytes("
    ///     trace 1
    ///     shop send order    0..10 producer id=5
    ///     trace 2
    ///     mail process order 50..80 consumer link=1/5
    /// ")]);
    /// let list = scan.edge_list(&Edges::default().view(EdgeView::Linked))?;
    /// let listed = scan.list(&list, &RowOptions::default())?.table()?;
    /// assert_eq!(listed.cell(0, "from_service"), Cell::Text("shop"));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Scan::peers`].
    pub fn edge_list(&self, options: &Edges) -> Result<EdgeList> {
        Ok(match options.view {
            EdgeView::Causal => {
                let order = SiblingOrder::default();
                let found = self.before("order", &order)?;
                EdgeList::causal(found.of(&order)?.clone())
            }
            EdgeView::Linked => {
                let asked = self.before("asked", &AskedSenders)?;
                let known = KnownSenders::of(asked.of(&AskedSenders)?);
                let found = self.before("senders", &known)?;
                EdgeList::linked(found.of(&known)?)
            }
            _ => EdgeList::tree(),
        })
    }

    /// What the input says about clocks, where they are to be corrected: all of
    /// it, whatever is chosen.
    pub(super) fn clocks(&self) -> Result<Option<ClockModel>> {
        if self.policy.clock == Clock::Recorded {
            return Ok(None);
        }
        let all = Self {
            policy: self.policy.clock(Clock::Recorded),
            filter: None,
            ..self.clone()
        };
        let clocks = Clocks::default();
        let found = all.before("clocks", &clocks)?;
        Ok(Some(ClockModel::read(found.of(&clocks)?)))
    }

    /// What an analysis knows of the input, which is read again behind it.
    fn before(&self, name: &str, analysis: &dyn Analysis) -> Result<Partials> {
        let is_stdin = |input: &Input| matches!(input, Input::Stdin);
        if self.inputs.iter().any(is_stdin) {
            let message = "this reads the input more than once, and standard input is gone";
            return Err(Error::new(ErrorKind::Usage, message));
        }
        let mut before = self.clone();
        before.options.resume = self.resume_before(name);
        before.partials(&[analysis])
    }

    /// Where a pass before this scan keeps what it has done.
    fn resume_before(&self, name: &str) -> Option<Resume> {
        let resume = self.options.resume.as_ref()?;
        let mut folder = resume.folder.clone().into_os_string();
        folder.push(".");
        folder.push(name);
        Some(Resume::new(folder).keep(true))
    }

    /// Removes what passes before this scan have kept, as it has ended.
    pub(super) fn forget_what_was_before(&self) -> Result<()> {
        let kept = BEFORE.iter().filter_map(|name| self.resume_before(name));
        kept.into_iter()
            .try_for_each(|resume| remove_scan(&resume.folder))
    }
}
