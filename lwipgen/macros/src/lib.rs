//! Proc-macros over `lwipgen-core`. The crate holds its place in the workspace; it exports nothing yet.
