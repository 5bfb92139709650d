//! What a file defines, whatever its format.

use crate::c_expr::{Macro, Macros};
use crate::foreign::{self, Vocabulary};

/// One name and what the file says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    pub name: String,
    /// The old name that the file uses.
    pub was: Option<String>,
    pub line: usize,
    /// What the file says, as it says it.
    pub said: String,
    pub body: Body,
}

/// What a name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// This text: a C expression.
    Text(String),
    /// It takes arguments.
    Function,
    /// Not known, and why.
    Unknown(String),
    /// Defined earlier and no longer.
    Undefined,
}

/// A file that is included and not read.
#[derive(Clone, Debug)]
pub(super) struct Included {
    pub file: String,
    pub line: usize,
    /// Why names that are not in the file that is read may still be defined.
    pub why: String,
}

/// Everything that a file defines.
#[derive(Clone, Debug)]
pub(super) struct Definitions {
    /// The last that is said of each name, in the order of the names.
    pub all: Vec<Definition>,
    /// Lines that cannot be understood, and why.
    pub unclear: Vec<(usize, String)>,
    /// Names that conditions ask for.
    pub asked: Vec<String>,
    /// A file that is not read and may define more.
    pub elsewhere: Option<Included>,
    /// Whose names these are.
    pub vocabulary: Vocabulary,
    index: std::collections::HashMap<String, usize>,
}

impl Definitions {
    pub fn new(vocabulary: Vocabulary) -> Self {
        let (all, unclear, asked) = (Vec::new(), Vec::new(), Vec::new());
        Self { all, unclear, asked, elsewhere: None, vocabulary, index: std::collections::HashMap::new() }
    }

    pub fn get(&self, name: &str) -> Option<&Definition> {
        self.index.get(name).map(|index| &self.all[*index])
    }

    pub fn set(&mut self, definition: Definition) {
        match self.index.get(&definition.name) {
            Some(index) => self.all[*index] = definition,
            None => {
                self.index.insert(definition.name.clone(), self.all.len());
                self.all.push(definition);
            }
        }
    }

    /// Whether the file says anything of one of these names.
    pub fn first<'a>(&self, mut names: impl Iterator<Item = &'a str>) -> Option<&Definition> {
        names.find_map(|name| self.get(name).filter(|definition| definition.body != Body::Undefined))
    }
}

impl Macros for Definitions {
    fn get(&self, name: &str) -> Macro<'_> {
        match self.get(name).map(|definition| &definition.body) {
            Some(Body::Text(text)) => Macro::Text(text),
            Some(Body::Function) => Macro::Function,
            Some(Body::Unknown(why)) => Macro::Unknown(why),
            Some(Body::Undefined) | None => {
                match (&self.elsewhere, foreign::default(name, self.vocabulary)) {
                    // A constant of lwIP is no option, and no file defines it anew.
                    (_, Some(text)) if name.starts_with("LWIP_DBG_") => Macro::Text(text),
                    (Some(included), _) => Macro::Unknown(&included.why),
                    (None, Some(text)) => Macro::Text(text),
                    (None, None) => Macro::Undefined,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c_expr::evaluate;

    #[test]
    fn what_is_left_out_has_the_default_of_its_vocabulary() {
        let mut definitions = Definitions::new(Vocabulary::EspIdf);
        let (name, body) = ("CONFIG_LWIP_HOOK_TCP_ISN_NONE".to_owned(), Body::Text("1".to_owned()));
        definitions.set(Definition { name, was: None, line: 1, said: "y".to_owned(), body });
        let choice = "CONFIG_LWIP_HOOK_TCP_ISN_CUSTOM ? 2 : CONFIG_LWIP_HOOK_TCP_ISN_NONE ? 1 : 0";
        assert_eq!(evaluate(choice, &definitions), Ok(1));
        assert_eq!(evaluate("!CONFIG_LWIP_HOOK_TCP_ISN_NONE", &definitions), Ok(0));
        assert!(evaluate("TCP_MSS", &definitions).is_err());
        assert_eq!(evaluate("TCP_MSS", &Definitions::new(Vocabulary::Lwip)), Ok(536));
    }
}
