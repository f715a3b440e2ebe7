//! Heat maps, worked out by hand.

use spanwise::analyses::{HeatMap, HeatMapBy};
use spanwise::check;

#[test]
fn spans_are_counted_where_they_begin() {
    // One octave is from 67.108864 ms (2^26 ns) to 134.217728 ms.
    check(
        "
        trace 1
        shop GET    900..1000
          cart Get  900..1000 error
        trace 2
        shop GET    950..1050 error
        trace 3
        shop GET   1000..1100
        ",
        |traces| traces.heat_map(&HeatMap::default().by(HeatMapBy::Request).bands(1)),
        "
        service count errors
        shop    2     1
        shop    1     0
        ",
    );
}

#[test]
fn by_operation_all_spans_count() {
    check(
        "
        shop GET     0..100
          cart Get  10..50
          cart Get  50..90 error
          cart Get  95..
        ",
        |traces| traces.heat_map(&HeatMap::default()),
        "
        service operation count errors
        cart    Get       2     1
        shop    GET       1     0
        ",
    );
}
