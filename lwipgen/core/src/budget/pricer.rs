//! Prices many variants of a profile quickly: what only features decide is evaluated once for each set of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::layout::{Layouts, Program, Target};
use crate::selection::Selection;
use crate::specialise::evaluate;
use crate::template::{Implications, Template, TemplateError};

use super::{Budget, ROOT, lines, of_program};

/// Computes budgets of the stack for one target.
pub struct Pricer {
    template: Template,
    /// Features that decide a declaration.
    decisive: BTreeSet<String>,
    implications: Implications,
    target: Target,
    programs: RefCell<BTreeMap<BTreeSet<String>, Program>>,
}

impl Pricer {
    /// A pricer for the embedded stack.
    #[must_use]
    pub fn new(target: Target) -> Self {
        let template = Template::declarations();
        let sources = template.files.iter().filter(|(path, _)| *path != "Cargo.toml");
        let named = |text: &String| {
            let rests = text.split("feature = \"").skip(1);
            rests.filter_map(|rest| rest.split_once('"').map(|(name, _)| name.to_owned())).collect::<Vec<_>>()
        };
        let decisive = sources.flat_map(|(_, text)| named(text)).collect();
        // A manifest that cannot be read is told when the template is specialised.
        let implications = template.implications().unwrap_or_default();
        Self { template, decisive, implications, target, programs: RefCell::default() }
    }

    /// The budget of a selection, without levers.
    ///
    /// # Errors
    /// A fault of the template.
    pub fn budget(&self, selection: &Selection) -> Result<Budget, TemplateError> {
        self.with_program(selection, |program| of_program(program, selection, self.target))
    }

    /// The bytes of RAM that a selection takes: the total of its budget.
    ///
    /// # Errors
    /// A fault of the template.
    pub fn total(&self, selection: &Selection) -> Result<u64, TemplateError> {
        let elsewhere = lines::outside(selection).map_or(0, |line| line.bytes);
        self.with_program(selection, |program| {
            let layouts = Layouts::new(program, self.target);
            Ok(layouts.layout(&layouts.root(ROOT))?.size + elsewhere)
        })
    }

    fn with_program<T>(
        &self,
        selection: &Selection,
        read: impl FnOnce(&Program) -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        let features = self.implications.close(&selection.features);
        let features: BTreeSet<String> = features.intersection(&self.decisive).cloned().collect();
        let mut programs = self.programs.borrow_mut();
        if !programs.contains_key(&features) {
            // Numbers are left out, so that none of them is folded into what is kept.
            let only = Selection { features: features.clone(), ..Selection::default() };
            programs.insert(features.clone(), Program::parse(&evaluate(&self.template, &only, "")?)?);
        }
        let program = programs
            .get_mut(&features)
            .ok_or_else(|| TemplateError::file("src/lib.rs", "the program that was read is gone"))?;
        program.configure(selection);
        read(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::budget;
    use crate::profile::{Resolved, SHIPPED};

    /// The declarations alone must give what the whole template gives.
    #[test]
    fn a_pricer_says_what_the_whole_template_says() {
        let whole = Template::stack();
        let variants =
            ["", "memory=heap", "memory=arena", "tcp=false", "ipv4=true", "tcp.pcbs=3", "pbuf.pool_size=290"];
        for target in [Target::RISCV32, Target::BITS_64] {
            let pricer = Pricer::new(target);
            for (name, _) in SHIPPED {
                for change in variants {
                    let set: Vec<String> =
                        Some(change.to_owned()).filter(|change| !change.is_empty()).into_iter().collect();
                    let Ok(resolved) = Resolved::load(name, &set) else { continue };
                    let selection = resolved.selection();
                    assert_eq!(
                        pricer.total(&selection).unwrap(),
                        pricer.budget(&selection).unwrap().total_bytes
                    );
                    assert_eq!(
                        pricer.budget(&selection).unwrap(),
                        budget(&whole, &selection, target).unwrap(),
                        "{name} {change}"
                    );
                }
            }
        }
    }
}
