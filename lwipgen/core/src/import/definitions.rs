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

/// A file that is included and not read.
#[derive(Clone, Debug)]
pub(super) struct Included {
    pub file: String,
    pub line: usize,
    /// Why names that are not in the file that is read may still be defined.
    pub why: String,
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
    /// A file that is not read and may define more.
    pub elsewhere: Option<Included>,
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
                    (Some(included), _) => Macro::Unknown(&included.why),
                    (None, Some(text)) => Macro::Text(text),
                    // A symbol that ESP-IDF leaves out is off.
                    (None, None) if !self.lwip && name.starts_with("CONFIG_") => Macro::Text("0"),
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
    fn symbols_that_are_left_out_are_off_and_macros_are_unknown() {
        let mut definitions = Definitions::default();
        let (name, body) = ("CONFIG_B".to_owned(), Body::Text("1".to_owned()));
        definitions.set(Definition { name, was: None, line: 1, said: "y".to_owned(), body });
        let choice = "CONFIG_A ? 1 : CONFIG_B ? 2 : 0";
        assert_eq!(evaluate(choice, &definitions), Ok(2));
        assert_eq!(evaluate("!CONFIG_B", &definitions), Ok(0));
        assert!(evaluate("TCP_MSS", &definitions).is_err(), "lwIP's defaults are not ESP-IDF's");
        definitions.lwip = true;
        assert!(evaluate(choice, &definitions).is_err());
        assert_eq!(evaluate("TCP_MSS", &definitions), Ok(536));
    }
}
