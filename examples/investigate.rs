//! Where requests spend their time, and where their errors began:
//! `cargo run --example investigate -- PATH…`

use spanwise::analyses::{CriticalPath, Errors};
use spanwise::report::text::{write, TextOptions};
use spanwise::{ReadOptions, Result};

fn main() -> Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let traces = spanwise::read_with(paths, &ReadOptions::default())?;
    let (slow, failing) = (CriticalPath::default().percentile(95.0), Errors::default());
    for table in traces.run(&[&slow, &failing]) {
        write(
            &table.head(10),
            &TextOptions::default(),
            &mut std::io::stdout(),
        )?;
    }
    Ok(())
}
