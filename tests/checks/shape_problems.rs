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
