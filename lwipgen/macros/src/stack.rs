//! `stack!`: the stack of a profile in place.

use lwipgen_core::emit;
use lwipgen_core::template::Template;
use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{LitStr, parse_macro_input};

use crate::profile;

pub fn expand(input: TokenStream) -> TokenStream {
    let named = parse_macro_input!(input as LitStr);
    expanded(&named).unwrap_or_else(|error| error.into_compile_error().into())
}

fn expanded(named: &LitStr) -> syn::Result<TokenStream> {
    let resolved = profile::load(named)?;
    let text = crate::core::run(|| {
        emit::inline(&Template::stack(), &resolved.selection()).map_err(|error| error.to_string())
    });
    let text = text.map_err(|message| syn::Error::new(named.span(), message))?;
    let items: proc_macro2::TokenStream = text.parse()?;
    let watch = profile::watch(&resolved);
    let module = format_ident!("lwip_{}", resolved.name.replace('-', "_"));
    let doc = format!("The stack of the profile `{}`.", resolved.name);
    // What an application does not use of a stack is no fault of the application.
    Ok(quote! {
        #[doc = #doc]
        #[allow(dead_code, unused_imports, unreachable_pub, missing_docs, clippy::all, rustdoc::all)]
        mod #module {
            #items
            #watch
        }
        #[allow(unused_imports)]
        pub use #module::*;
    }
    .into())
}
