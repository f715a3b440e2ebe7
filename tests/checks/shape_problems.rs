//! Shape problems: what fires, what does not, and what is saved.

use spanwise::analyses::ShapeProblems;
use spanwise::check;

/// What is found where one request is enough.
#[track_caller]
fn problems(notation: &str, expected: &str) {
    let options = ShapeProblems::default().traces(1);
    check(notation, |traces| traces.shape_problems(&options), expected);
}

#[track_caller]
fn none(notation: &str) {
    problems(notation, "problem");
}

const QUERIES: &str = "
    shop GET /cart 0..100 server
      shop query 0..20 client db.system=mysql db.statement=\"select * from item where id = 1\"
      shop query 20..40 client db.system=mysql db.statement=\"select * from item where id = 2\"
      shop query 40..55 client db.system=mysql db.statement=\"select * from item where id = 3\"
      shop query 55..70 client db.system=mysql db.statement=\"select * from item where id = 4\"
      shop query 70..90 client db.system=mysql db.statement=\"select * from item where id = 5\"
";

#[test]
fn queries_for_one_row_each_are_n_plus_1() {
    // One of 20 is left of 90.
    problems(
        QUERIES,
        "
        problem  grade  saved_time share calls sequential parent_operation operation peer template evidence
        n_plus_1 likely 70ms 0.7 5 1 GET /cart query mysql select * from item where id = ? arguments differ
        ",
    );
}

#[test]
fn a_problem_is_one_of_several_requests() {
    check(
        QUERIES,
        |traces| traces.shape_problems(&ShapeProblems::default()),
        "problem",
    );
    let three = ["1", "2", "3"].map(|id| format!("trace {id}\n{QUERIES}"));
    check(
        &three.concat(),
        |traces| traces.shape_problems(&ShapeProblems::default()),
        "
        problem  traces occurrences calls mean_calls saved_time mean_saved
        n_plus_1 3      3           15    5          210ms      70ms
        ",
    );
}

#[test]
fn texts_that_do_not_tell_their_values_leave_it_open() {
    problems(
        &QUERIES
            .replace("db.system=mysql", "db.system=sqlite")
            .replace(" = ", " = ? -- "),
        "
        problem  grade    evidence
        n_plus_1 possible arguments are not told
        ",
    );
}

#[test]
fn the_number_of_calls_that_varies_is_evidence() {
    let open = QUERIES.replace(" = ", " = ? -- ");
    let more = "
      shop query 90..92 client db.system=mysql db.statement=\"select * from item where id = ?\"
      shop query 92..94 client db.system=mysql db.statement=\"select * from item where id = ?\"
      shop query 94..96 client db.system=mysql db.statement=\"select * from item where id = ?\"
      shop query 96..98 client db.system=mysql db.statement=\"select * from item where id = ?\"
      shop query 98..100 client db.system=mysql db.statement=\"select * from item where id = ?\"
    ";
    problems(
        &format!("trace 1\n{open}\ntrace 2\n{open}{more}"),
        "
        grade  calls evidence
        likely 15    arguments are not told, the number of calls varies
        ",
    );
}

#[test]
fn equal_calls_are_duplicates() {
    let calls = (0..5).map(|at| {
        format!(
            "  shop GET {}..{} client http.url=http://user/me peer.service=user\n",
            at * 20,
            at * 20 + 19
        )
    });
    problems(
        &format!(
            "shop GET /cart 0..100 server\n{}",
            calls.collect::<String>()
        ),
        "
        problem         grade  saved_time peer template evidence
        duplicate_calls likely 76ms       user GET /me  arguments are equal
        ",
    );
}

#[test]
fn what_was_sent_is_not_told() {
    let calls = (0..5).map(|at| {
        format!(
            "  shop POST {}..{} client http.url=http://user/log\n",
            at * 20,
            at * 20 + 19
        )
    });
    problems(
        &format!(
            "shop GET /cart 0..100 server\n{}",
            calls.collect::<String>()
        ),
        "
        problem  grade    peer template  evidence
        n_plus_1 possible user POST /log arguments are not told
        ",
    );
}

#[test]
fn what_else_runs_limits_the_saving() {
    // The other call takes 80; the queries are over sooner.
    problems(
        &format!("{QUERIES}      other Get 0..80 server\n"),
        "
        problem  saved_time
        n_plus_1 10ms
        ",
    );
}

#[test]
fn wrappers_do_not_hide_the_caller() {
    let wrapped = (0..5).map(|at| {
        let (from, to) = (at * 20, at * 20 + 20);
        format!(
            "  shop find {from}..{to}\n    shop query {from}..{to} client db.statement=\"select {at}\"\n"
        )
    });
    problems(
        &format!(
            "shop GET /cart 0..100 server\n{}",
            wrapped.collect::<String>()
        ),
        "
        problem  parent_operation operation saved_time
        n_plus_1 GET /cart        query     80ms
        ",
    );
}

#[test]
fn the_route_of_the_callee_is_the_template() {
    let calls = (0..5).map(|at| {
        let (from, to) = (at * 20, at * 20 + 20);
        format!("  shop GET {from}..{to} client\n    user GET /users/:id {from}..{to} server\n")
    });
    problems(
        &format!(
            "shop GET /cart 0..100 server\n{}",
            calls.collect::<String>()
        ),
        "
        problem  operation peer template
        n_plus_1 GET       user GET /users/:id
        ",
    );
}

#[test]
fn four_are_not_many_and_short_ones_do_not_count() {
    let four: Vec<&str> = QUERIES.lines().take(6).collect();
    none(&four.join("\n"));
    none(
        &QUERIES
            .replace("..", "us..")
            .replace(" client", "us client")
            .replace(" server", "us server"),
    );
}

#[test]
fn calls_at_once_are_no_n_plus_1() {
    let calls = (0..5).map(|at| {
        format!(
            "  shop query {at}..{} client db.statement=\"select {at}\"\n",
            at + 60
        )
    });
    none(&format!(
        "shop GET /cart 0..100 server\n{}",
        calls.collect::<String>()
    ));
}

#[test]
fn retries_are_no_n_plus_1() {
    none(
        "
        shop GET /cart 0..100 server
          shop call 0..18 client peer.service=user error
          shop call 20..38 client peer.service=user error
          shop call 40..58 client peer.service=user error
          shop call 60..78 client peer.service=user error
          shop call 80..98 client peer.service=user
        ",
    );
}

#[test]
fn polling_is_no_n_plus_1() {
    let calls = (0..5).map(|at| {
        format!(
            "  shop GET {}..{} client http.url=http://job/1\n",
            at * 100,
            at * 100 + 20
        )
    });
    none(&format!(
        "shop wait 0..500 server\n{}",
        calls.collect::<String>()
    ));
}

#[test]
fn pages_are_no_n_plus_1() {
    let calls = (0..5).map(|at| {
        format!(
            "  shop GET {}..{} client http.url=\"http://list/all?page={at}\"\n",
            at * 20,
            at * 20 + 20
        )
    });
    none(&format!(
        "shop GET /list 0..100 server\n{}",
        calls.collect::<String>()
    ));
}

#[test]
fn messages_and_inner_spans_are_no_calls() {
    let sent = (0..5).map(|at| {
        format!(
            "  shop send {}..{} client messaging.system=kafka\n",
            at * 20,
            at * 20 + 20
        )
    });
    none(&format!(
        "shop GET 0..100 server\n{}",
        sent.collect::<String>()
    ));
    let inner = (0..5).map(|at| {
        format!(
            "  shop GET http send {}..{} internal\n",
            at * 20,
            at * 20 + 20
        )
    });
    none(&format!(
        "shop GET 0..100 server\n{}",
        inner.collect::<String>()
    ));
}

#[test]
fn reads_of_several_callees_could_be_made_at_once() {
    problems(
        "
        shop GET /cart 0..100 server
          shop GET 0..40 client http.url=http://user/me
          shop GET 41..91 client http.url=http://stock/7
        ",
        "
        problem      grade    saved_time calls peer        template
        serial_calls possible 40ms       2     stock; user GET /{id}; GET /me
        ",
    );
}

#[test]
fn one_callee_may_be_asked_with_what_it_answered() {
    none(
        "
        shop GET /cart 0..100 server
          shop GET 0..40 client http.url=http://user/me
          shop GET 41..91 client http.url=http://user/friends
        ",
    );
}

#[test]
fn what_changes_something_keeps_its_place() {
    none(
        "
        shop POST /order 0..100 server
          shop POST 0..40 client http.url=http://stock/reserve
          shop POST 41..91 client http.url=http://bank/pay
        ",
    );
}

#[test]
fn an_order_that_varies_is_none() {
    problems(
        "
        trace 1
        shop POST /order 0..100 server
          shop POST 0..40 client http.url=http://stock/reserve
          shop POST 41..91 client http.url=http://bank/pay
        trace 2
        shop POST /order 0..100 server
          shop POST 0..40 client http.url=http://bank/pay
          shop POST 41..91 client http.url=http://stock/reserve
        ",
        "
        problem      grade  traces saved_time evidence
        serial_calls likely 2      80ms       their order varies, each has a callee of its own
        ",
    );
}

#[test]
fn calls_that_go_on_after_a_failure_do_not_need_it() {
    problems(
        "
        shop GET /home 0..100 server
          shop GET 0..40 client http.url=http://user/me error
          shop GET 41..91 client http.url=http://user/friends
        ",
        "
        grade  evidence
        likely made although one before failed, none is known to change something
        ",
    );
}

#[test]
fn work_between_calls_may_need_the_answer() {
    none(
        "
        shop GET /cart 0..100 server
          shop GET 0..40 client http.url=http://user/me
          shop GET 50..90 client http.url=http://stock/7
        ",
    );
}

#[test]
fn calls_that_are_mostly_made_at_once_are_no_problem() {
    let at_once = |id| {
        format!(
            "trace {id}
            shop GET /cart 0..100 server
              shop GET 0..40 client http.url=http://user/me
              shop GET {id}..90 client http.url=http://stock/7\n"
        )
    };
    let traces: String = (1..=4).chain([40]).map(at_once).collect();
    none(&traces);
    let mostly: String = (1..=1).chain(40..=43).map(at_once).collect();
    problems(
        &mostly,
        "
        grade  traces occurrences
        likely 4      4
        ",
    );
}

#[test]
fn only_requests_count() {
    none(&QUERIES.replace("0..100 server", "0..100 server parent=99"));
}

/// Five shards asked at once, the last of which takes so long.
fn fan_out(slowest: u32) -> String {
    let shards = (0..5).map(|shard| {
        let end = if shard == 4 { slowest } else { 20 + shard };
        format!("  shop Search 0..{end} client peer.service=shard-{shard}\n")
    });
    format!(
        "shop GET /search 0..200 server\n{}",
        shards.collect::<String>()
    )
}

#[test]
fn a_straggler_makes_all_wait() {
    // 22 is the median of 20, 21, 22, 23 and 150.
    problems(
        &fan_out(150),
        "
        problem     grade    saved_time calls sequential operation peer evidence
        fanout_tail possible 127ms      5     0          Search    ''   now this one is the slowest, now that
        ",
    );
}

#[test]
fn one_shard_that_is_always_the_slowest_is_the_cause() {
    let slow = fan_out(150);
    let other = fan_out(150)
        .replace("shard-4", "shard-5")
        .replace("shard-0", "shard-4");
    let other = other.replace("shard-5", "shard-0");
    problems(
        &format!("trace 1\n{slow}trace 2\n{slow}"),
        "
        problem     grade  traces evidence
        fanout_tail likely 2      always the same one is the slowest
        ",
    );
    problems(
        &format!("trace 1\n{slow}trace 2\n{other}"),
        "
        problem     grade    evidence
        fanout_tail possible now this one is the slowest, now that
        ",
    );
}

#[test]
fn tails_are_long_frequent_and_worth_something() {
    none(&fan_out(60));
    let rare: String = (1..=6)
        .map(|trace| {
            format!(
                "trace {trace}\n{}",
                fan_out(if trace == 1 { 150 } else { 25 })
            )
        })
        .collect();
    none(&rare);
    check(
        &fan_out(150),
        |traces| traces.shape_problems(&ShapeProblems::default()),
        "problem",
    );
    // Different work at once is no fan-out.
    let mut other = fan_out(150);
    for shard in 0..5 {
        other = other.replacen(
            "Search",
            &format!("Op{}", ["a", "b", "c", "d", "e"][shard]),
            1,
        );
    }
    none(&other);
}

/// So many callers in one service, each of which calls another service once.
fn chatty(calls: u32) -> String {
    let calls = (0..calls).map(|at| {
        let (name, from) = (["a", "b"][at as usize % 2], 10 * at);
        format!(
            "  shop step-{name} {from}..{to}
    shop log {from}..{log}
    shop call {from}..{to} client
      audit Note {log}..{last} server\n",
            to = from + 10,
            log = from + 1,
            last = from + 9,
        )
    });
    format!(
        "shop POST /order 0..300 server\n{}",
        calls.collect::<String>()
    )
}

#[test]
fn trips_to_one_service_add_up() {
    // 19 of 20 calls save the 2 that a trip takes.
    problems(
        &chatty(20),
        "
        problem     grade  saved_time calls parent_service parent_operation peer  template evidence
        chatty_edge likely 38ms       20    shop           ''               audit ''       the callee's spans tell what trips take
        ",
    );
    none(&chatty(19));
}

#[test]
fn trips_of_no_length_are_no_problem() {
    let lines = chatty(20);
    let lines = lines.lines().map(|line| match line.contains("audit") {
        true => whole(line),
        false => format!("{line}\n"),
    });
    none(&lines.collect::<String>());
}

/// The server's span, as long as its client's.
fn whole(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (from, to) = words[2].split_once("..").expect("an interval");
    let (from, to): (u32, u32) = (from.parse().expect("a start"), to.parse().expect("an end"));
    format!("      audit Note {}..{} server\n", from - 1, to + 1)
}

#[test]
fn a_service_that_calls_back_is_a_cycle() {
    problems(
        "
        shop GET /cart 0..100 server
          shop call 10..90 client
            cart Get 12..88 server
              cart call 20..80 client
                shop Price 25..75 server
        ",
        "
        problem    grade    saved_time calls parent_service parent_operation peer template evidence
        call_cycle possible 10ms       1     cart           Get              shop Price    ''
        ",
    );
}

#[test]
fn an_operation_below_itself_is_a_loop() {
    problems(
        "
        shop Price 0..10 server
          cart Get 1..9 server
            shop Price 2..8 server
        ",
        "
        problem    grade  saved_time parent_operation template evidence
        call_cycle likely 0ms        Get              Price    the operation is below itself, what the way takes is not told
        ",
    );
}

#[test]
fn messages_and_siblings_are_no_cycles() {
    none(
        "
        shop GET 0..100 server
          cart Get 1..9 server
          shop call 10..20 client
            cart Get 11..19 server
          mail send 20..30 producer
            shop process 25..90 consumer
        ",
    );
}

/// Requests with a call of these lengths each, in milliseconds.
fn lasting(lengths: &[u32], marks: &str) -> String {
    let request = |(trace, length): (usize, &u32)| {
        format!(
            "trace {}\nshop GET /cart 0..9000 server\n  shop lookup 0..{length} client {marks}\n",
            trace + 1
        )
    };
    lengths.iter().enumerate().map(request).collect()
}

#[test]
fn lengths_that_somebody_chose_stand_out() {
    let lengths = [20, 22, 25, 30, 5_001, 24, 5_010, 20, 5_005, 21];
    problems(
        &lasting(&lengths, ""),
        "
        problem       grade    saved_time traces parent_operation template evidence
        magic_latency possible 15016ms    3      lookup           5s       a timeout of a name resolver
        ",
    );
    problems(
        &lasting(&lengths, "error"),
        "
        grade  evidence
        likely a timeout of a name resolver, most of them fail
        ",
    );
}

#[test]
fn lengths_of_every_size_are_nobodys_choice() {
    // As many within 2 % of five seconds as there are beside it.
    let lengths: Vec<u32> = (0..50).map(|at| 4_500 + 20 * at).collect();
    none(&lasting(&lengths, ""));
}

#[test]
fn what_usually_lasts_so_long_is_no_timeout() {
    none(&lasting(&[5_001, 5_010, 5_005, 20], ""));
    problems(
        &lasting(&[5_001, 5_010, 5_005, 20], "error"),
        "grade\nlikely",
    );
}

#[test]
fn whoever_waits_for_another_chose_nothing() {
    // The caller of the lookup lasts as long, and polls wait for nobody.
    problems(
        &lasting(&[20, 20, 20, 20, 20, 4_990, 4_995, 4_999], "error").replace("9000", "5000"),
        "
        problem       parent_operation
        magic_latency lookup
        ",
    );
    let polls = (1..=9).map(|trace| {
        format!(
            "trace {trace}\nmail BLPOP 0..{} client\n",
            if trace > 5 { 5_000 } else { 20 }
        )
    });
    none(&polls.collect::<String>());
}

#[test]
fn calls_below_each_other_tell_nothing_of_trips() {
    let line = |at: usize| {
        let service = ["shop", "cart"][at % 2];
        format!("{}{service} op{at} 0..300 server\n", " ".repeat(at))
    };
    let options = ShapeProblems::default().traces(1).chatty_calls(2);
    check(
        &(0..40).map(line).collect::<String>(),
        |traces| {
            let found = traces.shape_problems(&options);
            let row = (0..found.rows()).find(|&row| {
                found.cell(row, "problem") == spanwise::model::table::Cell::Text("chatty_edge")
            });
            found.take(&row.into_iter().collect::<Vec<_>>())
        },
        "problem",
    );
}

#[test]
fn spans_say_that_they_start_cold() {
    // Of 100 the query takes 30, and 70 are the function's own.
    problems(
        "
        shop handler 0..100 server faas.coldstart=true
          shop query 60..90 client db.system=mysql
        trace 2
        shop handler 0..50 server faas.coldstart=false
        trace 3
        shop handler 0..10 server faas.coldstart=true
        ",
        "
        problem    grade  saved_time traces parent_operation
        cold_start likely 70ms       1      handler
        ",
    );
}
