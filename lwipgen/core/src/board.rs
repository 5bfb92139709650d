//! Boards: what the manifest of each program below `boards/` says of it.
//!
//! ```toml
//! [package.metadata.lwipgen]
//! target = "riscv32"    # what sizes are computed for
//! chip = "esp32c6"      # whose RAM the stack shares; may be left out
//! needs = ["ethernet"]  # features that a profile must select
//! ```

use crate::budget::Chip;
use crate::layout::Target;
use crate::selection::Selection;
use crate::template::{Template, TemplateError};
use std::collections::BTreeSet;

/// A board that a profile may run on.
#[derive(Clone, Debug)]
pub struct Board {
    /// Its name: that of its folder.
    pub name: &'static str,
    /// What sizes are computed for.
    pub target: Target,
    /// The chip whose RAM it has.
    pub chip: Option<&'static Chip>,
    pub(crate) needs: Vec<String>,
    pub(crate) features: BTreeSet<String>,
}

impl Board {
    /// All embedded boards.
    ///
    /// # Errors
    /// The manifest of a board says something that is not understood.
    pub fn all() -> Result<Vec<Self>, TemplateError> {
        Template::boards()
            .filter_map(|name| Some((name, Template::board(name)?)))
            .map(|(name, template)| Self::of_template(name, &template))
            .collect()
    }

    fn of_template(name: &'static str, template: &Template) -> Result<Self, TemplateError> {
        let manifest = template.manifest()?;
        let wrong = |message: &str| {
            TemplateError::file(&format!("boards/{name}/Cargo.toml"), format!("metadata.lwipgen: {message}"))
        };
        let table = manifest
            .get("package")
            .and_then(|package| package.get("metadata"))
            .and_then(|metadata| metadata.get("lwipgen"))
            .ok_or_else(|| wrong("is missing"))?;
        let text = |key: &str| table.get(key).and_then(|item| item.as_str());
        let target = text("target").ok_or_else(|| wrong("`target` is missing"))?;
        let chip = match text("chip") {
            Some(chip) => Some(Chip::find(chip).ok_or_else(|| wrong("`chip` is not known"))?),
            None => None,
        };
        let needs = table.get("needs").and_then(|item| item.as_array()).into_iter().flatten();
        Ok(Self {
            name,
            target: target.parse().map_err(|message: String| wrong(&message))?,
            chip,
            needs: needs.filter_map(|need| need.as_str()).map(str::to_owned).collect(),
            features: template.features()?,
        })
    }

    /// Why the board does not support a profile; nothing if it does.
    #[must_use]
    pub fn objection(&self, selection: &Selection) -> Option<String> {
        if let Some(missing) = self.needs.iter().find(|need| !selection.features.contains(*need)) {
            return Some(format!("needs {missing}"));
        }
        let unknown = selection.features.difference(&self.features).next();
        unknown.map(|feature| format!("does not know {feature}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Resolved;

    #[test]
    fn every_board_says_what_it_is_and_needs_features_that_exist() {
        let known = Template::stack().features().unwrap();
        let boards = Board::all().unwrap();
        assert_eq!(boards.len(), Template::boards().count());
        for board in boards {
            assert!(board.needs.iter().all(|need| known.contains(need)), "{}", board.name);
        }
    }

    #[test]
    fn a_board_supports_what_has_all_that_it_needs() {
        let board = |needs: &str| {
            let manifest = format!(
                "[package.metadata.lwipgen]\ntarget = \"riscv32\"\nneeds = [{needs}]\n[features]\nipv4 = []\ntcp = []\n"
            );
            let files = [("Cargo.toml".to_owned(), manifest)].into();
            Board::of_template("test", &Template { files }).unwrap()
        };
        let mut selection = Selection::default();
        selection.features.insert("ipv4".to_owned());
        assert_eq!(board("\"ipv4\"").objection(&selection), None);
        assert_eq!(board("\"tcp\"").objection(&selection).as_deref(), Some("needs tcp"));
        selection.features.insert("udp".to_owned());
        assert_eq!(board("").objection(&selection).as_deref(), Some("does not know udp"));
    }

    #[test]
    fn what_is_wrong_with_a_manifest_is_said() {
        let refused = |manifest: &str| {
            let files = [("Cargo.toml".to_owned(), manifest.to_owned())].into();
            Board::of_template("test", &Template { files }).unwrap_err().to_string()
        };
        assert!(refused("").contains("metadata.lwipgen: is missing"));
        assert!(refused("package.metadata.lwipgen.target = \"z80\"").contains("`z80` is not a target"));
        assert!(
            refused("[package.metadata.lwipgen]\ntarget = \"host\"\nchip = \"z80\"").contains("not known")
        );
    }

    #[test]
    fn linux_runs_all_that_is_shipped() {
        let boards = Board::all().unwrap();
        let linux = boards.iter().find(|board| board.name == "linux").unwrap();
        for (name, _) in crate::profile::SHIPPED {
            let selection = Resolved::load(name, &[]).unwrap().selection();
            assert_eq!(linux.objection(&selection), None, "{name}");
        }
    }
}
