//! The hooks of a profile: the methods that its trait `Hooks` has.

use syn::spanned::Spanned;
use syn::{Item, TraitItem};

use crate::options::{Opt, options};
use crate::parse;
use crate::profile::Resolved;
use crate::specialise::evaluate;
use crate::template::{Template, TemplateError};

/// Group of the options that turn hooks on.
pub const GROUP: &str = "hooks";

/// File of the template that declares them.
const FILE: &str = "src/hooks.rs";

/// A method of the trait `Hooks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Its signature on one line, from `fn` on; types stand without the path to them.
    pub signature: String,
}

/// The options that turn hooks on, in the model's order.
pub fn all() -> impl Iterator<Item = &'static Opt> {
    options().all.iter().filter(|option| option.group() == Some(GROUP))
}

/// The methods of a profile's trait `Hooks`; none if it has no hooks.
///
/// # Errors
/// A fault of the template.
pub fn methods(resolved: &Resolved) -> Result<Vec<Method>, TemplateError> {
    let mut template = Template::stack();
    // Nothing else can change what is declared there.
    template.files.retain(|path, _| path == "Cargo.toml" || path.starts_with("src/hooks"));
    template.files.insert("src/lib.rs".to_owned(), "pub mod hooks;\n".to_owned());
    let sources = evaluate(&template, &resolved.selection(), "")?;
    let Some(text) = sources.get(FILE) else { return Ok(Vec::new()) };
    let ast = parse::file(text).map_err(|error| TemplateError::syntax(FILE, &error))?;
    let declared = ast.items.iter().find_map(|item| match item {
        Item::Trait(item) if item.ident == "Hooks" => Some(&item.items),
        _ => None,
    });
    let method = |item: &TraitItem| match item {
        TraitItem::Fn(method) => {
            let signature = text.get(method.sig.span().byte_range()).unwrap_or_default();
            let signature = signature.split_whitespace().collect::<Vec<_>>().join(" ");
            let signature = signature.replace("( ", "(").replace(", )", ")").replace("crate::", "");
            Some(Method { name: method.sig.ident.to_string(), signature })
        }
        _ => None,
    };
    Ok(declared.into_iter().flatten().filter_map(method).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_those_of_the_profile() {
        let resolved = Resolved::from_text("test", "[hooks]\ntcp_isn = true\nip6_input = true", &[]).unwrap();
        let isn = "fn tcp_isn(&mut self, local: SocketAddr, remote: SocketAddr, now: Instant) -> Option<u32>";
        let expected = Method { name: "tcp_isn".to_owned(), signature: isn.to_owned() };
        assert_eq!(methods(&resolved).unwrap(), [expected], "IPv6 is off");
        assert_eq!(methods(&Resolved::from_text("test", "", &[]).unwrap()).unwrap(), []);
    }

    #[test]
    fn every_hook_is_an_option_and_a_method_of_the_same_name() {
        let set: Vec<String> = all().map(|option| format!("{}=true", option.key)).collect();
        let methods = methods(&Resolved::load("full", &set).unwrap()).unwrap();
        let options: Vec<&str> = all().map(Opt::name).collect();
        assert_eq!(methods.iter().map(|method| method.name.as_str()).collect::<Vec<_>>(), options);
    }
}
