//! spanwise.
