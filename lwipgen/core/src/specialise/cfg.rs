//! `cfg` predicates: what the profile decides of them, and what is left for the compiler.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Ident, LitBool, LitStr, Token, parenthesized, token};

/// The features of a template and those among them that a profile selects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Features<'a> {
    /// All that the template's manifest declares.
    pub known: &'a BTreeSet<String>,
    /// Those that are on.
    pub on: &'a BTreeSet<String>,
}

/// A parsed predicate.
#[derive(Debug)]
pub(super) enum Predicate {
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    Literal(bool),
    Feature(LitStr),
    /// Not ours: `test`, `target_os = "…"` and the like, as written.
    Foreign(String),
}

/// What a profile makes of a predicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It holds or does not.
    Known(bool),
    /// It stays, simplified to this text.
    Open(String),
}

impl Predicate {
    /// Parses what stands between the parentheses of `cfg(…)`.
    pub fn parse_tokens(tokens: TokenStream) -> syn::Result<Self> {
        syn::parse2(tokens)
    }

    /// Whether it can only hold where the foreign predicate `name` does.
    pub fn requires(&self, name: &str) -> bool {
        match self {
            Predicate::All(parts) => parts.iter().any(|part| part.requires(name)),
            Predicate::Any(parts) => !parts.is_empty() && parts.iter().all(|part| part.requires(name)),
            Predicate::Foreign(text) => text == name,
            Predicate::Not(_) | Predicate::Literal(_) | Predicate::Feature(_) => false,
        }
    }

    /// Whether any part of it is a feature.
    pub fn names_a_feature(&self) -> bool {
        match self {
            Predicate::All(parts) | Predicate::Any(parts) => parts.iter().any(Predicate::names_a_feature),
            Predicate::Not(inner) => inner.names_a_feature(),
            Predicate::Feature(_) => true,
            Predicate::Literal(_) | Predicate::Foreign(_) => false,
        }
    }

    /// The verdict. A feature that the template does not have is an error.
    pub fn evaluate(&self, features: &Features<'_>) -> Result<Verdict, (Span, String)> {
        Ok(match self {
            Predicate::Literal(value) => Verdict::Known(*value),
            Predicate::Foreign(text) => Verdict::Open(text.clone()),
            Predicate::Feature(name) => {
                let value = name.value();
                if !features.known.contains(&value) {
                    return Err((name.span(), format!("the template has no feature `{value}`")));
                }
                Verdict::Known(features.on.contains(&value))
            }
            Predicate::Not(inner) => match inner.evaluate(features)? {
                Verdict::Known(value) => Verdict::Known(!value),
                Verdict::Open(text) => Verdict::Open(format!("not({text})")),
            },
            Predicate::All(parts) => combine("all", parts, features)?,
            Predicate::Any(parts) => combine("any", parts, features)?,
        })
    }
}

/// `all` is decided by one part that is false, `any` by one that is true.
fn combine(name: &str, parts: &[Predicate], features: &Features<'_>) -> Result<Verdict, (Span, String)> {
    let decisive = name == "any";
    let mut open = Vec::new();
    let mut decided = false;
    for part in parts {
        match part.evaluate(features)? {
            Verdict::Known(value) => decided |= value == decisive,
            Verdict::Open(text) => open.push(text),
        }
    }
    Ok(match open.as_slice() {
        _ if decided => Verdict::Known(decisive),
        [] => Verdict::Known(!decisive),
        [one] => Verdict::Open(one.clone()),
        many => Verdict::Open(format!("{name}({})", many.join(", "))),
    })
}

impl Parse for Predicate {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitBool) {
            return Ok(Predicate::Literal(input.parse::<LitBool>()?.value));
        }
        let name = input.call(Ident::parse_any)?;
        if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            if !["all", "any", "not"].contains(&name.to_string().as_str()) {
                let arguments: TokenStream = content.parse()?;
                return Ok(Predicate::Foreign(format!("{name}({arguments})")));
            }
            let parts: Punctuated<Predicate, Token![,]> = Punctuated::parse_terminated(&content)?;
            let mut parts: Vec<_> = parts.into_iter().collect();
            return match name.to_string().as_str() {
                "all" => Ok(Predicate::All(parts)),
                "any" => Ok(Predicate::Any(parts)),
                _ => match (parts.pop(), parts.is_empty()) {
                    (Some(one), true) => Ok(Predicate::Not(Box::new(one))),
                    _ => Err(syn::Error::new(name.span(), "`not` takes one predicate")),
                },
            };
        }
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            let value: LitStr = input.parse()?;
            if name == "feature" {
                return Ok(Predicate::Feature(value));
            }
            return Ok(Predicate::Foreign(format!("{name} = {}", value.token())));
        }
        if name == "feature" {
            return Err(syn::Error::new(name.span(), "`feature` needs a value"));
        }
        Ok(Predicate::Foreign(name.to_string()))
    }
}

/// The predicate and the attributes of `cfg_attr(predicate, attributes…)`.
pub(super) struct CfgAttr {
    pub predicate: Predicate,
    pub attributes: Punctuated<syn::Meta, Token![,]>,
}

impl Parse for CfgAttr {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let predicate = input.parse()?;
        input.parse::<Token![,]>()?;
        let attributes: Punctuated<syn::Meta, Token![,]> = Punctuated::parse_terminated(input)?;
        for meta in &attributes {
            if meta.path().is_ident("cfg") || meta.path().is_ident("cfg_attr") {
                return Err(syn::Error::new(meta.span(), "a `cfg` inside `cfg_attr` is not supported"));
            }
        }
        Ok(CfgAttr { predicate, attributes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Verdict {
        let known = ["a", "b", "c"].map(String::from).into();
        let on = ["a"].map(String::from).into();
        let predicate: Predicate = syn::parse_str(text).expect("a predicate");
        predicate.evaluate(&Features { known: &known, on: &on }).expect("known features")
    }

    fn open(text: &str) -> Verdict {
        Verdict::Open(text.to_owned())
    }

    #[test]
    fn features_are_decided() {
        for (text, value) in [
            (r#"feature = "a""#, true),
            (r#"feature = "b""#, false),
            (r#"not(feature = "b")"#, true),
            (r#"all(feature = "a", not(feature = "b"))"#, true),
            (r#"all(feature = "a", feature = "b", test)"#, false),
            (r#"any(feature = "b", feature = "c")"#, false),
            (r#"any(feature = "a", test)"#, true),
            ("all()", true),
            ("any()", false),
            ("true", true),
        ] {
            assert_eq!(verdict(text), Verdict::Known(value), "{text}");
        }
    }

    #[test]
    fn foreign_predicates_stay_and_mixed_ones_shrink() {
        assert_eq!(verdict("test"), open("test"));
        assert_eq!(verdict(r#"all(feature = "a", test)"#), open("test"));
        assert_eq!(verdict(r#"any(feature = "b", not(test))"#), open("not(test)"));
        assert_eq!(
            verdict(r#"all(not(feature = "b"), test, any(feature = "c", target_os = "linux", unix))"#),
            open(r#"all(test, any(target_os = "linux", unix))"#)
        );
    }

    #[test]
    fn an_unknown_feature_is_an_error() {
        let known = BTreeSet::new();
        let predicate: Predicate = syn::parse_str(r#"feature = "tpc""#).expect("a predicate");
        let (_, message) = predicate.evaluate(&Features { known: &known, on: &known }).expect_err("unknown");
        assert_eq!(message, "the template has no feature `tpc`");
        assert!(syn::parse_str::<Predicate>("not(a, b)").is_err());
        assert!(syn::parse_str::<Predicate>("feature").is_err());
    }
}
