//! Proofs of the budget: behind each type that counts stands an assertion of its size.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::budget::{ROOT, counted_types};
use crate::layout::{Layouts, Program, Target};
use crate::specialise::Sources;
use crate::template::TemplateError;

/// Inserts the assertions into the sources that `program` was read from.
pub(super) fn insert(program: &Program, sources: &mut Sources) -> Result<(), TemplateError> {
    let narrow = Layouts::new(program, Target::RISCV32);
    let wide = Layouts::new(program, Target::BITS_64);
    let mut places: BTreeMap<&str, BTreeMap<usize, String>> = BTreeMap::new();
    for (def, ty) in counted_types(&narrow)? {
        if def.needs_arguments() {
            continue;
        }
        let (size_32, size_64) = (narrow.layout(&ty)?.size, wide.layout(&ty)?.size);
        let mut lines = Vec::new();
        if def.name == ROOT {
            lines.push("// The compiler proves the budget: see BUDGET.md.".to_owned());
        }
        let proof = |size| format!("const _: () = assert!(size_of::<{}>() == {size});", def.name);
        if size_32 == size_64 {
            lines.push(proof(size_32));
        } else {
            for (width, size) in [(32, size_32), (64, size_64)] {
                lines.push(format!("#[cfg(target_pointer_width = \"{width}\")]"));
                lines.push(proof(size));
            }
        }
        let file = program.file(def);
        let end = program.end(def);
        let indent = indent(&sources[file], end);
        let text = lines.iter().fold("\n".to_owned(), |mut text, line| {
            let _ = write!(text, "\n{indent}{line}");
            text
        });
        places.entry(file).or_default().insert(end, text);
    }
    for (file, insertions) in places {
        let Some(source) = sources.get_mut(file) else { continue };
        for (at, text) in insertions.iter().rev() {
            source.insert_str(*at, text);
        }
    }
    Ok(())
}

/// The blanks before the line in which a declaration ends.
fn indent(source: &str, end: usize) -> String {
    let start = source[..end].rfind('\n').map_or(0, |at| at + 1);
    source[start..end].chars().take_while(|c| *c == ' ').collect()
}
