//! The emitted crate's `config.rs`: the profile's numbers as constants and the types derived from them.

use proc_macro2::Literal;
use quote::{format_ident, quote};

use crate::selection::Selection;

/// The text of `config.rs`.
#[must_use]
pub fn source(selection: &Selection) -> String {
    let aliases = selection.aliases.iter().map(|alias| {
        let (doc, name, ty) =
            (doc(&alias.doc), format_ident!("{}", alias.name), format_ident!("{}", alias.ty));
        quote! { #doc pub type #name = #ty; }
    });
    let constants = selection.constants.iter().map(|constant| {
        let (doc, name) = (doc(&constant.doc), format_ident!("{}", constant.name));
        let (ty, value) = (format_ident!("{}", constant.ty), Literal::u64_unsuffixed(constant.value));
        quote! { #doc pub const #name: #ty = #value; }
    });
    let file = syn::parse_quote! {
        #(#aliases)*
        #(#constants)*
    };
    format!("//! The numbers of the profile `{}`.\n\n{}", selection.name, prettyplease::unparse(&file))
}

fn doc(text: &str) -> proc_macro2::TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #(#[doc = #lines])* }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selection::{Alias, Constant};

    #[test]
    fn numbers_and_aliases_with_their_docs() {
        let selection = Selection {
            name: "small".to_owned(),
            constants: vec![Constant {
                name: "TCP_MSS".to_owned(),
                ty: "u16",
                value: 1440,
                doc: "Largest segment.\n\nIn \"bytes\".".to_owned(),
            }],
            aliases: vec![Alias { name: "Index".to_owned(), ty: "u8", doc: "An index.".to_owned() }],
            ..Selection::default()
        };
        insta::assert_snapshot!(source(&selection), @r#"
        //! The numbers of the profile `small`.

        /// An index.
        pub type Index = u8;
        /// Largest segment.
        ///
        /// In "bytes".
        pub const TCP_MSS: u16 = 1440;
        "#);
    }
}
