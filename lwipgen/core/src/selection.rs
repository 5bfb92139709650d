//! What a checked profile selects in the template: the features that stay and the numbers of `config.rs`.

use std::collections::BTreeSet;

/// The part of a profile that the specialiser sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Name of the profile; the emitted package is `lwip-<name>`.
    pub name: String,
    /// Template features that are on.
    pub features: BTreeSet<String>,
    /// Numbers of `config.rs`, in the model's order.
    pub constants: Vec<Constant>,
    /// Type aliases of `config.rs`, derived from the numbers.
    pub aliases: Vec<Alias>,
}

/// One `pub const` of `config.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// Upper-case name, such as `TCP_MSS`.
    pub name: String,
    /// `u8`, `u16`, `u32` or `usize`.
    pub ty: &'static str,
    /// The value, checked to fit `ty`.
    pub value: u64,
    /// Doc comment, one line a string.
    pub doc: String,
}

/// One `pub type` of `config.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Name, such as `BlockIndex`.
    pub name: String,
    /// The unsigned type chosen for it.
    pub ty: &'static str,
    /// Doc comment.
    pub doc: String,
}
