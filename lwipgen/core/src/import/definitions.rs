//! What a file defines, whatever its format.

use crate::c_expr::{Macro, Macros};
use crate::foreign;

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

/// Everything that a file defines.
#[derive(Clone, Debug, Default)]
pub(super) struct Definitions {
    /// The last that is said of each name, in the order of the names.
    pub all: Vec<Definition>,
    /// Lines that cannot be understood, and why.
    pub unclear: Vec<(usize, String)>,
    /// Names that conditions ask for.
    pub asked: Vec<String>,
    /// Why names that are not in the file may still be defined.
    pub elsewhere: Option<String>,
    /// lwIP's defaults stand for what is not defined.
    pub lwip: bool,
    index: std::collections::HashMap<String, usize>,
}

impl Definitions {
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
                let default = foreign::lwip_default(name).filter(|_| self.lwip);
                match (&self.elsewhere, default) {
                    // A constant of lwIP is no option, and no file defines it anew.
                    (_, Some(text)) if name.starts_with("LWIP_DBG_") => Macro::Text(text),
                    (Some(why), _) => Macro::Unknown(why),
                    (None, Some(text)) => Macro::Text(text),
                    (None, None) => Macro::Undefined,
                }
            }
        }
    }
}
