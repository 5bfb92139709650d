//! The profile that a call names: finding it, and having the compiler watch its files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lwipgen_core::diagnostic::{Diagnostics, SourceKind};
use lwipgen_core::profile::{Resolved, SHIPPED};
use quote::quote;
use syn::LitStr;

/// Reads the profile that `named` names; what is wrong with it is an error there.
pub fn load(named: &LitStr) -> syn::Result<Resolved> {
    let written = named.value();
    let path = find(&written, named)?;
    crate::core::run(|| Resolved::load(&path, &[]).map_err(|errors| explain(&errors)))
        .map_err(|message| syn::Error::new(named.span(), message))
}

/// Items that make the compiler look at the profile's files again when they change.
pub fn watch(resolved: &Resolved) -> proc_macro2::TokenStream {
    let files = resolved.sources().filter(|source| source.kind == SourceKind::File);
    let files = files.map(|source| Path::new(&source.name)).filter(|path| path.is_absolute());
    let files = files.map(|path| path.display().to_string());
    quote! { #(const _: &[u8] = include_bytes!(#files);)* }
}

/// Where a profile is: from the package's folder, or from that of the file that names it, or a shipped one.
fn find(written: &str, named: &LitStr) -> syn::Result<String> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let file = named.span().unwrap().local_file().and_then(|file| file.canonicalize().ok());
    let folders = [package, file.as_deref().and_then(Path::parent).map(Path::to_owned)];
    let mut files = folders.into_iter().flatten().map(|folder| folder.join(written));
    if let Some(file) = files.find(|file| file.is_file()) {
        return Ok(file.display().to_string());
    }
    if SHIPPED.iter().any(|(name, _)| *name == written) {
        return Ok(written.to_owned());
    }
    let message = format!(
        "there is no file {written} in the package's folder or beside this file, and `lwipgen list` names no profile so"
    );
    Err(syn::Error::new(named.span(), message))
}

/// Everything that is wrong with a profile, with the lines underlined.
fn explain(errors: &Diagnostics) -> String {
    let mut text = String::new();
    for error in errors {
        let _ = writeln!(text, "{error}\n{}", error.excerpt());
    }
    text.trim_end().to_owned()
}
