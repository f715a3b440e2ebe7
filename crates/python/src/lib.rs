//! The native half of the Python package `spanwise`.
//!
//! It holds what Python cannot do itself: reading, analyses, tables as Arrow
//! streams. Names, defaults and documentation that users see are in the Python
//! half, which parses arguments of convenience (times, paths) into the plain
//! ones that are taken here.
//!
//! # Invariants
//!
//! 1. Every class is frozen; nothing here changes after it is made.
//! 2. Whatever may take long runs without the GIL and is stopped by Ctrl-C.
//! 3. An error of the engine becomes the exception of its kind.

mod errors;
mod run;
mod table;
