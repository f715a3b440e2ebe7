//! The `spanwise` command.

fn main() {
    std::process::exit(spanwise_cli::run_process(std::env::args_os().skip(1)));
}
