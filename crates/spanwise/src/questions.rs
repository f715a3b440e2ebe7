//! What can be asked of a set of traces: a method a question, each under the
//! name it has in Python and in the command.

use crate::Traces;
use spanwise_analyze::analyses::{
    Bottlenecks, CallTree, Clocks, Completeness, Concurrency, CriticalPath, Dependencies, Edges,
    Errors, EventList, Flows, HeatMap, HotKeys, Hotspots, IssueList, LinkList, Peers,
    ShapeProblems, SiblingOrder, Slack, SpanList, Summary, TimeKinds, TraceList, WhatIf,
};
use spanwise_analyze::{Analysis, Listing, Query};
use spanwise_model::{Result, Table};

impl Traces {
    fn one(&self, analysis: &dyn Analysis) -> Table {
        self.run(&[analysis]).swap_remove(0)
    }

    /// What was read, in counts; see [`Summary`].
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// let summary = traces.summary();
    /// assert_eq!((summary.traces, summary.spans, summary.services), (2, 3, 2));
    /// assert_eq!((summary.roots, summary.orphans, summary.errors), (2, 0, 1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(&self.table, &self.chosen, self.facts())
    }

    /// The rows of a listing, which may be one's own.
    ///
    /// ```
    /// let traces = spanwise::notation("shop GET 0..100\n  cart Get 10..60")?;
    /// let list = spanwise::analyses::SpanList::default();
    /// assert_eq!(traces.list(&list), traces.spans(&list));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn list(&self, listing: &dyn Listing) -> Table {
        let facts = self.facts();
        let list = || listing.rows(&self.table, &self.chosen, facts);
        self.threads.run(list).into_table()
    }

    /// One row a trace: which ones to open; see [`TraceList`] for the columns.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::model::table::Cell;
    /// use spanwise::analyses::TraceList;
    /// let list = traces.traces(&TraceList::default());
    /// assert_eq!(list.cell(0, "duration"), Cell::Duration(100_000_000));
    /// assert_eq!(list.cell(0, "critical_operation"), Cell::Text("Get"));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn traces(&self, options: &TraceList) -> Table {
        self.list(options)
    }

    /// One row a span; see [`SpanList`] for the columns.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::model::table::Cell;
    /// use spanwise::analyses::SpanList;
    /// let list = traces.spans(&SpanList::default());
    /// assert_eq!(list.rows(), 3);
    /// assert_eq!(list.cell(0, "self_time"), Cell::Duration(50_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn spans(&self, options: &SpanList) -> Table {
        options.table(&self.table, &self.chosen, self.facts())
    }

    /// The durations of the spans of each operation, among which spans get a
    /// percentile: [`SpanList::among`].
    ///
    /// ```
    /// use spanwise::{analyses::SpanList, model::table::Cell};
    ///
    /// let traces = spanwise::notation("trace 1\nshop GET 0..10\ntrace 2\nshop GET 0..40")?;
    /// let list = traces.spans(&SpanList::default().among(traces.peers()));
    /// assert_eq!(list.cell(0, "percentile"), Cell::F64(50.0));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn peers(&self) -> Peers {
        Peers::read(&self.partials(&[&Hotspots::default()])[0])
    }

    /// One row an event; see [`EventList`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::EventList, model::table::Cell};
    ///
    /// let traces = spanwise::notation(
    ///     "shop GET 0..100 event=exception@5{exception.type=Boom}",
    /// )?;
    /// let list = traces.events(&EventList::default());
    /// assert_eq!(list.cell(0, "time"), Cell::Time(5_000_000));
    /// assert_eq!(list.cell(0, "exception.type"), Cell::Text("Boom"));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn events(&self, options: &EventList) -> Table {
        options.table(&self.table, &self.chosen)
    }

    /// One row a link; see [`LinkList`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::LinkList, model::table::Cell};
    ///
    /// let traces = spanwise::notation("mail process 0..100 consumer link=5/1")?;
    /// let list = traces.links(&LinkList::default());
    /// assert_eq!(list.cell(0, "linked_span_id"), Cell::Text("0000000000000001"));
    /// assert_eq!(list.cell(0, "found"), Cell::Bool(false));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn links(&self, options: &LinkList) -> Table {
        options.table(&self.table, &self.chosen)
    }

    /// Spans by what they are and how they stand to each other, in structure
    /// and in time, one row a match; see [`crate::query`] for the language.
    ///
    /// ```
    /// use spanwise::model::table::Cell;
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart    0..100 server
    ///       cache get      10..12  client
    ///       db SELECT      15..90  client
    /// ")?;
    /// let slow = traces.query("{ service = shop } > { duration > 50ms }")?;
    /// assert_eq!(slow.cell(0, "service"), Cell::Text("db"));
    /// let misses = traces.query("a: { service = cache } ~ then b: { service = db } within 10ms")?;
    /// assert_eq!(misses.cell(0, "b.gap"), Cell::Duration(3_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    ///
    /// [`Traces::list`] takes a [`Query`] that shows attributes besides.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Usage`] where it is no expression; its source is a
    /// [`crate::Mistake`], which shows the place.
    pub fn query(&self, expression: &str) -> Result<Table> {
        Ok(self.list(&Query::parse(expression)?))
    }

    /// What is wrong with the input, counted by kind and service; see
    /// [`IssueList`]. Issues are those of reading the whole input, and of the
    /// traces that are chosen.
    ///
    /// ```
    /// use spanwise::{analyses::IssueList, model::table::Cell};
    ///
    /// let traces = spanwise::notation("shop GET 0..100\n  cart Get 90..120")?;
    /// let issues = traces.issues(&IssueList::default());
    /// assert_eq!(issues.cell(0, "issue"), Cell::Text("clipped_child"));
    /// assert_eq!(issues.cell(0, "count"), Cell::U64(1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn issues(&self, options: &IssueList) -> Table {
        options.table(&self.table, &self.chosen, self.facts())
    }

    /// Where the time of requests goes: the critical path, summed over traces.
    /// See [`CriticalPath`] for the columns.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::model::table::Cell;
    /// use spanwise::analyses::CriticalPath;
    /// let slow = traces.critical_path(&CriticalPath::default().percentile(99.0));
    /// assert_eq!(slow.cell(0, "operation"), Cell::Text("Get"));
    /// assert_eq!(slow.cell(0, "share"), Cell::F64(0.5));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn critical_path(&self, options: &CriticalPath) -> Table {
        self.one(options)
    }

    /// Which operations or services take the time; see [`Hotspots`] for the
    /// columns.
    ///
    /// ```
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    ///     trace 2
    ///     shop GET /cart   0..40 server error
    /// ")?;
    /// use spanwise::model::table::Cell;
    /// use spanwise::analyses::Hotspots;
    /// let hotspots = traces.hotspots(&Hotspots::default());
    /// assert_eq!(hotspots.cell(0, "operation"), Cell::Text("GET /cart"));
    /// assert_eq!(hotspots.cell(0, "self_time"), Cell::Duration(90_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn hotspots(&self, options: &Hotspots) -> Table {
        self.one(options)
    }

    /// What could end later unnoticed, and what would make requests end sooner;
    /// see [`Slack`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Slack, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..90
    ///       user Get      10..60
    /// ")?;
    /// let slack = traces.slack(&Slack::default());
    /// assert_eq!(slack.cell(1, "service"), Cell::Text("cart"));
    /// assert_eq!(slack.cell(1, "drag"), Cell::Duration(30_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn slack(&self, options: &Slack) -> Table {
        self.one(options)
    }

    /// Requests that go on in other traces: what waits in queues, what is handled
    /// behind them, and when all of it is over; see [`Flows`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::{Flows, FlowsBy}, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop POST /order    0..100 server
    ///       shop send order  80..90  producer id=5
    ///     trace 2
    ///     mail process order 250..280 consumer link=1/5
    /// ")?;
    /// let hops = traces.flows(&Flows::default());
    /// assert_eq!(hops.cell(0, "wait_p50"), Cell::Duration(160_000_000));
    /// let requests = traces.flows(&Flows::default().by(FlowsBy::Request));
    /// assert_eq!(requests.cell(0, "end_to_end_p50"), Cell::Duration(280_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn flows(&self, options: &Flows) -> Table {
        self.one(options)
    }

    /// One row an edge between two spans: the tree of parents, what waited for
    /// what, or what sent to what; see [`Edges`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::{EdgeView, Edges}, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop POST /order    0..100 server
    ///       shop send order  80..90  producer id=5
    ///     trace 2
    ///     mail process order 250..280 consumer link=1/5
    /// ")?;
    /// assert_eq!(traces.edges(&Edges::default()).rows(), 1);
    /// let linked = traces.edges(&Edges::default().view(EdgeView::Linked));
    /// assert_eq!(linked.cell(0, "from_operation"), Cell::Text("send order"));
    /// assert_eq!(linked.cell(0, "gap_time"), Cell::Duration(160_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn edges(&self, options: &Edges) -> Table {
        let facts = self.facts();
        self.threads
            .run(|| options.table(&self.table, &self.chosen, facts))
    }

    /// Which siblings wait for which, learnt from all traces; see
    /// [`SiblingOrder`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::SiblingOrder, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100
    ///       cart Get      10..40
    ///       user Get      50..90
    ///     trace 2
    ///     shop GET /cart   0..100
    ///       cart Get      10..60
    ///       user Get      50..90
    /// ")?;
    /// let order = traces.sibling_order(&SiblingOrder::default());
    /// assert_eq!(order.cell(0, "second_service"), Cell::Text("user"));
    /// assert_eq!(order.cell(0, "order"), Cell::Text("concurrent"), "it does not wait");
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn sibling_order(&self, options: &SiblingOrder) -> Table {
        self.one(options)
    }

    /// How far the clocks of hosts are apart; see [`Clocks`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Clocks, model::table::Cell};
    /// use spanwise::{Clock, Policy};
    ///
    /// let traces = spanwise::notation("
    ///     shop cart.Get   0..10  client @host.name=a
    ///       cart Get     53..57  server @host.name=b
    /// ")?;
    /// let clocks = traces.clocks(&Clocks::default());
    /// assert_eq!(clocks.cell(1, "offset"), Cell::Duration(50_000_000));
    /// let corrected = traces.with_policy(Policy::default().clock(Clock::Corrected));
    /// assert_eq!(corrected.facts().critical_nano, [6_000_000, 4_000_000]);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn clocks(&self, options: &Clocks) -> Table {
        self.one(options)
    }

    /// What the critical paths of requests are made of: work, networks, queues
    /// and waits; see [`TimeKinds`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::TimeKinds, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server
    ///       shop query    10..30 client error
    ///       shop query    80..90 client
    /// ")?;
    /// let kinds = traces.time_kinds(&TimeKinds::default());
    /// assert_eq!(kinds.cell(0, "time_kind"), Cell::Text("retry_backoff"));
    /// assert_eq!(kinds.cell(0, "share"), Cell::F64(0.5));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn time_kinds(&self, options: &TimeKinds) -> Table {
        self.one(options)
    }

    /// The tree of call paths over all requests; see [`CallTree`] for the
    /// columns.
    ///
    /// ```
    /// use spanwise::{analyses::CallTree, model::table::Cell};
    /// use spanwise::report::flame::{folded, Weight};
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..60
    /// ")?;
    /// let tree = traces.call_tree(&CallTree::default());
    /// assert_eq!(tree.cell(1, "depth"), Cell::U64(1));
    /// let stacks = folded(&tree, Weight::ExclusiveTime)?;
    /// assert!(stacks.ends_with("shop GET /cart;cart Get 50000000\n"));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn call_tree(&self, options: &CallTree) -> Table {
        self.one(options)
    }

    /// How the tree of call paths changed since a healthy baseline; see
    /// [`CallTree::against`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::CallTree, model::table::Cell};
    ///
    /// let healthy = spanwise::notation("shop GET 0..100\n  cart Get 10..60")?;
    /// let slow = spanwise::notation("shop GET 0..150\n  cart Get 10..110")?;
    /// let changed = slow.call_tree_against(&healthy, &CallTree::default());
    /// assert_eq!(changed.cell(1, "change_critical_time"), Cell::Duration(50_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn call_tree_against(&self, baseline: &Traces, options: &CallTree) -> Table {
        let partial = |traces: &Traces| traces.partials(&[options]).swap_remove(0);
        options.against(&partial(baseline), &partial(self))
    }

    /// How long requests would have taken if something were otherwise: what to
    /// fix first, and what it would buy; see [`WhatIf`] for the columns.
    ///
    /// ```
    /// use spanwise::analyses::{Change, Selection, WhatIf};
    /// use spanwise::model::table::Cell;
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server
    ///       cart Get      10..90
    ///       user Get      10..60
    /// ")?;
    /// let ranking = traces.what_if(&WhatIf::default());
    /// assert_eq!(ranking.cell(0, "service"), Cell::Text("cart"));
    /// let cart = Selection::default().service("cart");
    /// let faster = traces.what_if(&WhatIf::default().change(Change::OwnTime(500), cart));
    /// assert_eq!(faster.cell(0, "saved_time"), Cell::Duration(30_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn what_if(&self, options: &WhatIf) -> Table {
        self.one(options)
    }

    /// What slow requests wait for and fast ones do not; see [`Bottlenecks`] for
    /// the columns.
    ///
    /// ```
    /// use spanwise::analyses::Bottlenecks;
    /// use spanwise::model::table::Cell;
    ///
    /// let request = |id: usize, query: usize| {
    ///     format!("trace {id}\nshop GET 0..{}\n  db query 5..{query}\n", query + 5)
    /// };
    /// let text: String = (1..=20).map(|id| request(id, if id > 17 { 95 } else { 15 })).collect();
    /// let traces = spanwise::notation(&text)?;
    /// let found = traces.bottlenecks(&Bottlenecks::default().requests(3));
    /// assert_eq!(found.cell(0, "operation"), Cell::Text("query"));
    /// assert_eq!(found.cell(0, "excess_time"), Cell::Duration(240_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn bottlenecks(&self, options: &Bottlenecks) -> Table {
        self.one(options)
    }

    /// Calls that need not be made, or not one after the other, and what requests
    /// would be shorter by; see [`ShapeProblems`] for the columns.
    ///
    /// ```
    /// use spanwise::analyses::ShapeProblems;
    /// use spanwise::model::table::Cell;
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart  0..100 server
    ///       shop GET      0..40  client http.url=http://user/me
    ///       shop GET     40..90  client http.url=http://stock/7
    /// ")?;
    /// let problems = traces.shape_problems(&ShapeProblems::default().traces(1));
    /// assert_eq!(problems.cell(0, "problem"), Cell::Text("serial_calls"));
    /// assert_eq!(problems.cell(0, "saved_time"), Cell::Duration(40_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn shape_problems(&self, options: &ShapeProblems) -> Table {
        self.one(options)
    }

    /// Tenants, partitions and keys that take far more of an operation than others
    /// do; see [`HotKeys`] for the columns.
    ///
    /// ```
    /// use spanwise::analyses::HotKeys;
    /// use spanwise::model::table::Cell;
    ///
    /// let request = |id: usize| {
    ///     let shop = if id < 9 { id } else { 0 };
    ///     format!("trace {id}\nshop GET 0..10 server shop.id={shop}\n")
    /// };
    /// let traces = spanwise::notation(&(1..=50).map(request).collect::<String>())?;
    /// let found = traces.hot_keys(&HotKeys::default().by(["shop.id"]));
    /// assert_eq!(found.cell(0, "top_key"), Cell::Text("0"));
    /// assert_eq!(found.cell(0, "top_calls"), Cell::U64(42));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn hot_keys(&self, options: &HotKeys) -> Table {
        self.one(options)
    }

    /// Where errors begin, and how they spread; see [`Errors`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Errors, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..100 server error
    ///       cart query    10..60 client error error.type=Timeout
    /// ")?;
    /// let errors = traces.errors(&Errors::default());
    /// assert_eq!(errors.cell(0, "error_type"), Cell::Text("Timeout"));
    /// assert_eq!(errors.cell(0, "failed_requests"), Cell::U64(1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn errors(&self, options: &Errors) -> Table {
        self.one(options)
    }

    /// Who calls whom; see [`Dependencies`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Dependencies, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop cart.Get   10..60 client
    ///       cart Get      15..55 server
    ///         cart HGET   20..30 client db.system=redis
    /// ")?;
    /// let calls = traces.dependencies(&Dependencies::default());
    /// assert_eq!(calls.cell(0, "callee"), Cell::Text("redis"));
    /// assert_eq!(calls.cell(1, "network_time"), Cell::Duration(10_000_000));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn dependencies(&self, options: &Dependencies) -> Table {
        self.one(options)
    }

    /// How much each instance has in flight over time, and what that does to
    /// its latency; see [`Concurrency`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::{Concurrency, ConcurrencyBy}, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop GET /cart   0..400 server
    ///       cart Get      10..390 server
    /// ")?;
    /// let loads = traces.concurrency(&Concurrency::default());
    /// assert_eq!(loads.cell(0, "mean_in_flight"), Cell::F64(0.38));
    /// let knees = traces.concurrency(&Concurrency::default().by(ConcurrencyBy::Level));
    /// assert_eq!(knees.cell(0, "time"), Cell::Duration(100_000_000), "nothing in flight before");
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn concurrency(&self, options: &Concurrency) -> Table {
        self.one(options)
    }

    /// How many spans were how slow when: data to plot; see [`HeatMap`] for the
    /// columns.
    ///
    /// ```
    /// use spanwise::{analyses::HeatMap, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     trace 1
    ///     shop GET /cart   0..100
    ///     trace 2
    ///     shop GET /cart  50..150 error
    /// ")?;
    /// let map = traces.heat_map(&HeatMap::default());
    /// assert_eq!(map.cell(0, "count"), Cell::U64(2));
    /// assert_eq!(map.cell(0, "errors"), Cell::U64(1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn heat_map(&self, options: &HeatMap) -> Table {
        self.one(options)
    }

    /// What is missing from the traces, and which conclusions suffer; see
    /// [`Completeness`] for the columns.
    ///
    /// ```
    /// use spanwise::{analyses::Completeness, model::table::Cell};
    ///
    /// let traces = spanwise::notation("
    ///     shop cart.Get   10..60 client
    ///       cart Get      15..55 server
    ///     trace 2
    ///     cart Get        15..55 server parent=7
    /// ")?;
    /// let calls = traces.completeness(&Completeness::default());
    /// assert_eq!(calls.cell(0, "caller"), Cell::Text("shop"));
    /// assert_eq!(calls.cell(0, "missing_client"), Cell::U64(1));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn completeness(&self, options: &Completeness) -> Table {
        self.one(options)
    }
}
