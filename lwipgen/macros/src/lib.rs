//! lwipgen without a generate step: the stack of a profile is expanded where it is used.
//!
//! * [`stack!`] is the crate that `lwipgen generate` would write, as items of the module that it stands in;
//! * [`macro@hooks`] checks an implementation of the stack's hooks against the profile;
//! * [`budget!`] refuses to compile when the stack takes more RAM than is allowed.
//!
//! A profile is named by its path from the folder of the package's `Cargo.toml`, or else from the file of the call; a
//! shipped one also by its name. Whatever is wrong with it is an error at the call, with the profile's line; the call
//! is expanded again when the profile or one that it extends has changed.
//!
//! ```
//! mod net {
//!     lwipgen_macros::stack!("minimal-v4");
//! }
//! lwipgen_macros::budget!("minimal-v4", max = "64 KiB");
//!
//! let mut stack = Box::new(net::Stack::new([7; 16]));
//! stack.add_netif(net::NetifConfig { mac: [2, 0, 0, 0, 0, 1], mtu: 1500 }).unwrap();
//! ```

mod budget;
mod core;
mod hooks;
mod profile;
mod stack;

use proc_macro::TokenStream;

/// Expands to the stack of a profile: what `lwipgen generate` writes, as items of the module that the call stands in.
///
/// ```
/// mod net {
///     lwipgen_macros::stack!("udp-beacon");
/// }
/// assert!(size_of::<net::Stack>() < 16 * 1024);
/// ```
///
/// A profile with `memory = "heap"` needs an allocator, in a `no_std` crate too.
#[proc_macro]
pub fn stack(input: TokenStream) -> TokenStream {
    stack::expand(input)
}

/// Refuses to compile when the stack of a profile takes more than `max` bytes of RAM on the target that is compiled for.
///
/// `max` is a number of bytes, or a text such as `"40 KiB"`. Without it, the profile's own table `[budget]` counts.
/// The message names what takes most and what would save most.
///
/// ```
/// lwipgen_macros::budget!("udp-beacon", max = "16 KiB");
/// ```
#[proc_macro]
pub fn budget(input: TokenStream) -> TokenStream {
    budget::expand(input)
}

/// Checks an `impl Hooks for …` against a profile: one method for each hook that the profile enables, no others, with
/// the signatures that they have.
#[proc_macro_attribute]
pub fn hooks(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hooks::expand(arguments, item)
}
