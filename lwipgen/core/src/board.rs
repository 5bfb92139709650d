//! Boards: what the manifest of each program below `boards/` says of it.
//!
//! ```toml
//! [package.metadata.lwipgen]
//! target = "riscv32"    # what sizes are computed for
//! triple = "riscv32imac-unknown-none-elf"  # what rustc compiles it for; left out for programs of this machine
//! chip = "esp32c6"      # whose RAM the stack shares; may be left out
//! taken = 146_000       # bytes of that RAM that the rest of the program takes, its call stack too; may be left out
//! estimated = true      # whether that was not measured; may be left out
//! needs = ["ethernet"]  # features that a profile must select
//! lacks = ["memory-heap"]  # features that it cannot serve; may be left out
//! ```

use crate::budget::Chip;
use crate::layout::Target;
use crate::selection::Selection;
use crate::template::{Template, TemplateError};

/// A board that a profile may run on.
#[derive(Clone, Debug)]
pub struct Board {
    /// Its name: that of its folder.
    pub name: &'static str,
    /// What sizes are computed for.
    pub target: Target,
    /// The chip whose RAM it has.
    pub chip: Option<&'static Chip>,
    /// Bytes of the chip's RAM that the rest of the program takes.
    pub taken: u64,
    /// Whether that was not measured.
    pub estimated: bool,
    /// What rustc compiles it for; `None` for a program of this machine.
    pub triple: Option<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) lacks: Vec<String>,
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

    /// The embedded board of this name.
    ///
    /// # Errors
    /// Its manifest says something that is not understood.
    pub fn find(name: &str) -> Result<Option<Self>, TemplateError> {
        let name = Template::boards().find(|board| *board == name);
        name.and_then(|name| Some(Self::of_template(name, &Template::board(name)?))).transpose()
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
        let list = |key: &str| {
            let list = table.get(key).and_then(|item| item.as_array()).into_iter().flatten();
            list.filter_map(|item| item.as_str()).map(str::to_owned).collect::<Vec<_>>()
        };
        Ok(Self {
            name,
            target: target.parse().map_err(|message: String| wrong(&message))?,
            chip,
            taken: table.get("taken").and_then(|item| item.as_integer()).unwrap_or(0).unsigned_abs(),
            estimated: table.get("estimated").and_then(|item| item.as_bool()).unwrap_or(false),
            triple: text("triple").map(str::to_owned),
            needs: list("needs"),
            lacks: list("lacks"),
        })
    }

    /// Why the board does not support a profile; nothing if it does.
    #[must_use]
    pub fn objection(&self, selection: &Selection) -> Option<String> {
        if let Some(missing) = self.needs.iter().find(|need| !selection.features.contains(*need)) {
            return Some(format!("needs {missing}"));
        }
        let lacking = self.lacks.iter().find(|feature| selection.features.contains(*feature));
        lacking.map(|feature| format!("cannot serve {feature}"))
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
            let named = board.needs.iter().chain(&board.lacks);
            assert!(named.into_iter().all(|feature| known.contains(feature)), "{}", board.name);
        }
    }

    #[test]
    fn a_board_supports_what_has_all_that_it_needs() {
        let board = |keys: &str| {
            let manifest = format!("[package.metadata.lwipgen]\ntarget = \"riscv32\"\n{keys}\n");
            let files = [("Cargo.toml".to_owned(), manifest)].into();
            Board::of_template("test", &Template { files }).unwrap()
        };
        let mut selection = Selection::default();
        selection.features.insert("ipv4".to_owned());
        assert_eq!(board("needs = [\"ipv4\"]\nlacks = [\"udp\"]").objection(&selection), None);
        assert_eq!(board("needs = [\"tcp\"]").objection(&selection).as_deref(), Some("needs tcp"));
        selection.features.insert("udp".to_owned());
        assert_eq!(board("lacks = [\"udp\"]").objection(&selection).as_deref(), Some("cannot serve udp"));
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
    fn what_needs_no_chip_runs_all_that_is_shipped() {
        for board in ["linux", "qemu-rv32", "qemu-xtensa"].map(|name| Board::find(name).unwrap().unwrap()) {
            for (name, _) in crate::profile::SHIPPED {
                let selection = Resolved::load(name, &[]).unwrap().selection();
                assert_eq!(board.objection(&selection), None, "{name} on {}", board.name);
            }
        }
    }
}
