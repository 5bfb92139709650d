//! `#[hooks]`: an implementation of the trait `Hooks`, held against a profile.

use lwipgen_core::hooks::{self, Method};
use lwipgen_core::profile::Resolved;
use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{FnArg, ImplItem, ItemImpl, LitStr, ReturnType, Signature, parse_macro_input};

use crate::profile;

pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let named = parse_macro_input!(arguments as LitStr);
    let mut block = parse_macro_input!(item as ItemImpl);
    let watch = match check(&named, &block) {
        Ok(resolved) => profile::watch(&resolved),
        Err(error) => {
            // What the compiler would say of these methods has been said better.
            block.items.clear();
            error.into_compile_error()
        }
    };
    quote! { #block #watch }.into()
}

fn check(named: &LitStr, block: &ItemImpl) -> syn::Result<Resolved> {
    let is_hooks = block.trait_.as_ref().and_then(|(path, _)| path.segments.last());
    if is_hooks.is_none_or(|name| name.ident != "Hooks") {
        return Err(syn::Error::new(block.self_ty.span(), "`#[hooks]` belongs on an `impl Hooks for …`"));
    }
    let resolved = profile::load(named)?;
    let methods = crate::core::run(|| hooks::methods(&resolved).map_err(|error| error.to_string()));
    let methods = methods.map_err(|message| syn::Error::new(named.span(), message))?;
    let mut errors = Errors(None);
    for item in &block.items {
        let ImplItem::Fn(function) = item else { continue };
        let name = function.sig.ident.to_string();
        match methods.iter().find(|method| method.name == name) {
            None => errors.push(function.sig.ident.span(), not_enabled(&name, &resolved, &methods)),
            Some(method) => {
                if let Some(part) = difference(&function.sig, method)? {
                    let message = format!("the hook `{name}` has {part}; it is\n  {}", method.signature);
                    errors.push(function.sig.ident.span(), message);
                }
            }
        }
    }
    let implemented = |method: &&Method| {
        block.items.iter().any(|item| matches!(item, ImplItem::Fn(f) if f.sig.ident == method.name))
    };
    for method in methods.iter().filter(|method| !implemented(method)) {
        let message = format!(
            "the profile `{}` enables the hook `{}`, which is missing here; add\n  {}",
            resolved.name, method.name, method.signature
        );
        errors.push(block.self_ty.span(), message);
    }
    errors.0.map_or(Ok(resolved), Err)
}

struct Errors(Option<syn::Error>);

impl Errors {
    fn push(&mut self, span: proc_macro2::Span, message: String) {
        let error = syn::Error::new(span, message);
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }
}

/// Why the profile's trait does not have a method of this name.
fn not_enabled(name: &str, resolved: &Resolved, methods: &[Method]) -> String {
    let profile = &resolved.name;
    let Some(option) = hooks::all().find(|option| option.name() == name) else {
        let names: Vec<&str> = methods.iter().map(|method| method.name.as_str()).collect();
        let enabled = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        return format!("there is no hook `{name}`; the profile `{profile}` enables {enabled}");
    };
    let is_on = |key: &str| {
        let value = resolved.setting(key).map(|setting| &setting.value);
        value == Some(&lwipgen_core::options::Value::Bool(true))
    };
    match option.needs.iter().find(|need| !is_on(need)) {
        Some(need) if is_on(&option.key) => {
            format!(
                "the hook `{name}` has no place in the profile `{profile}`: it needs {need}, which is off"
            )
        }
        _ => format!(
            "the profile `{profile}` does not enable the hook `{name}`: set {} = true there",
            option.key
        ),
    }
}

/// What of a signature is not the hook's.
fn difference(written: &Signature, method: &Method) -> syn::Result<Option<String>> {
    let right: Signature = syn::parse_str(&method.signature)?;
    if written.to_token_stream().into_iter().next().is_some_and(|first| first.to_string() != "fn") {
        return Ok(Some("qualifiers that it must not have".to_owned()));
    }
    if !written.generics.params.is_empty() {
        return Ok(Some("parameters of type or lifetime".to_owned()));
    }
    if written.inputs.len() != right.inputs.len() {
        let (has, needs) = (written.inputs.len(), right.inputs.len());
        return Ok(Some(format!("{has} arguments and not {needs}, `self` counted")));
    }
    for (number, (ours, theirs)) in written.inputs.iter().zip(&right.inputs).enumerate() {
        let (ours, theirs) = (argument(ours), argument(theirs));
        if ours != theirs {
            return Ok(Some(format!("`{ours}` and not `{theirs}` as argument {}", number + 1)));
        }
    }
    let (ours, theirs) = (result(&written.output), result(&right.output));
    Ok((ours != theirs).then(|| format!("the result `{ours}` and not `{theirs}`")))
}

fn argument(argument: &FnArg) -> String {
    match argument {
        FnArg::Receiver(receiver) => plain(receiver),
        FnArg::Typed(argument) => plain(&argument.ty),
    }
}

fn result(output: &ReturnType) -> String {
    match output {
        ReturnType::Default => "()".to_owned(),
        ReturnType::Type(_, ty) => plain(ty),
    }
}

/// A type by the last names of its paths: where an item is imported from does not matter.
fn plain(ty: &impl ToTokens) -> String {
    let mut text = String::new();
    write(ty.to_token_stream(), &mut text);
    text.trim().to_owned()
}

fn write(tokens: Tokens, text: &mut String) {
    use proc_macro2::{Delimiter, TokenTree};
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
            }
            TokenTree::Punct(punct) => {
                text.push(punct.as_char());
                if text.ends_with("::") {
                    // What stood before is the way to the name that follows.
                    let path = text.trim_end_matches(':');
                    let start = path.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
                    text.truncate(start);
                } else if text.ends_with(',') {
                    text.push(' ');
                }
            }
            token => {
                if text.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    text.push(' ');
                }
                text.push_str(&token.to_string());
            }
        }
    }
}
