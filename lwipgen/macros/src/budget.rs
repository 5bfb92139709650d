//! `budget!`: the RAM that a profile takes, held below a limit.

use std::fmt::Write as _;

use lwipgen_core::budget::{self, Budget, Pricer};
use lwipgen_core::layout::Target;
use lwipgen_core::profile::{Resolved, Verdict};
use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, Lit, LitStr, Token, parse_macro_input};

use crate::profile;

/// Lines of the budget, and changes that save, that a message names.
const NAMED: usize = 3;

struct Call {
    profile: LitStr,
    max: Option<(u64, proc_macro2::Span)>,
}

impl Parse for Call {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let profile = input.parse()?;
        let mut max = None;
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let name: Ident = input.parse()?;
            if name != "max" {
                let message = format!("there is no `{name}` here: write `max = \"40 KiB\"`");
                return Err(syn::Error::new(name.span(), message));
            }
            input.parse::<Token![=]>()?;
            let limit: Lit = input.parse()?;
            max = Some((bytes(&limit)?, limit.span()));
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(Call { profile, max })
    }
}

pub fn expand(input: TokenStream) -> TokenStream {
    let call = parse_macro_input!(input as Call);
    expanded(&call).unwrap_or_else(syn::Error::into_compile_error).into()
}

fn bytes(limit: &Lit) -> syn::Result<u64> {
    match limit {
        Lit::Int(number) => number.base10_parse(),
        Lit::Str(text) => {
            budget::parse_size(&text.value()).map_err(|message| syn::Error::new(text.span(), message))
        }
        other => {
            Err(syn::Error::new(other.span(), "a size is a number of bytes or a text such as \"40 KiB\""))
        }
    }
}

fn expanded(call: &Call) -> syn::Result<Tokens> {
    let resolved = profile::load(&call.profile)?;
    let limits = resolved.limits();
    if call.max.is_none() && limits.max.is_none() && limits.chip.is_none() {
        let message = "say how much is allowed: `max = \"40 KiB\"` here, or a table [budget] in the profile";
        return Err(syn::Error::new(call.profile.span(), message));
    }
    let mut out = profile::watch(&resolved);
    // The size of a pointer is the compiler's to know: each answer stands under its cfg.
    for (width, target) in [("32", Target::RISCV32), ("64", Target::BITS_64)] {
        let excess = crate::core::run(|| judge(&resolved, call.max.map(|(max, _)| max), target));
        let excess = excess.map_err(|message| syn::Error::new(call.profile.span(), message))?;
        if let Some(message) = excess {
            let span = call.max.map_or(call.profile.span(), |(_, span)| span);
            out.extend(quote_spanned! { span=>
                #[cfg(target_pointer_width = #width)]
                compile_error!(#message);
            });
        }
    }
    Ok(out)
}

/// Why the profile takes too much, if it does.
fn judge(resolved: &Resolved, max: Option<u64>, target: Target) -> Result<Option<String>, String> {
    let pricer = Pricer::new(target);
    let budget = pricer.budget(&resolved.selection()).map_err(|error| error.to_string())?;
    let total = budget.total_bytes;
    let mut text = String::new();
    if let Some(max) = max.filter(|max| total > *max) {
        let _ = writeln!(
            text,
            "the stack of `{}` takes {total} bytes of RAM, {} more than {max}",
            resolved.name,
            total - max
        );
    }
    if let Verdict::TooMuch(excess) = resolved.limits().judge(total) {
        let _ = writeln!(text, "{excess}");
    }
    if text.is_empty() {
        return Ok(None);
    }
    consumers(&pricer, resolved, &budget, &mut text).map_err(|error| error.to_string())?;
    Ok(Some(text.trim_end().to_owned()))
}

/// What takes most and what would save most.
fn consumers(
    pricer: &Pricer,
    resolved: &Resolved,
    budget: &Budget,
    text: &mut String,
) -> Result<(), lwipgen_core::template::TemplateError> {
    for line in budget.largest(NAMED) {
        let _ = writeln!(text, "  {:18} {:>9} bytes: {} x {}", line.name, line.bytes, line.count, line.size);
    }
    for lever in budget::levers(pricer, resolved, budget)?.iter().take(NAMED) {
        let _ = writeln!(text, "  {} would save {}", lever.set, lever.saves);
    }
    Ok(())
}
