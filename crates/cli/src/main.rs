//! The `spanwise` command.

use mimalloc::MiMalloc;

/// Columns of spans are large and short-lived: an allocator that asks for huge
/// pages and keeps what was freed takes a quarter off the whole run.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    std::process::exit(spanwise_cli::run_process(std::env::args_os().skip(1)));
}
