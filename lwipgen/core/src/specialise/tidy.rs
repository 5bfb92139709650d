//! Ends of functions as they would be written by hand: a `return` that comes last, and a name that is given just to be
//! the result, are left where a cfg had more to choose from.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat, Stmt};

use super::Sources;
use super::cut::Edits;
use crate::parse;
use crate::template::TemplateError;

/// Tidies every source.
pub(super) fn tidy(mut sources: Sources) -> Result<Sources, TemplateError> {
    for (path, text) in sources.iter_mut().filter(|(path, _)| path.ends_with(".rs")) {
        // A `return` may end with a name that was given for it.
        while let Some(tidied) = once(text).map_err(|error| TemplateError::syntax(path, &error))? {
            *text = tidied;
        }
    }
    Ok(sources)
}

/// The text with the ends of its functions tidied; `None` if there is nothing to do.
fn once(text: &str) -> syn::Result<Option<String>> {
    let ast = parse::file(text)?;
    let mut ends = Ends { text, edits: Edits::new(text) };
    ends.visit_file(&ast);
    Ok((!ends.edits.is_empty()).then(|| ends.edits.apply(&[])))
}

struct Ends<'t> {
    text: &'t str,
    edits: Edits<'t>,
}

impl<'ast> Visit<'ast> for Ends<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.end(&item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.end(&item.block);
        visit::visit_impl_item_fn(self, item);
    }
}

impl Ends<'_> {
    fn end(&mut self, block: &Block) {
        let Some((last, before)) = block.stmts.split_last() else { return };
        match last {
            Stmt::Expr(Expr::Return(returned), Some(semicolon)) if returned.attrs.is_empty() => {
                let Some(value) = &returned.expr else { return };
                let (value, whole) = (value.span().byte_range(), returned.span().byte_range());
                self.edits.cut(whole.start..value.start);
                self.edits.cut(semicolon.span().byte_range());
            }
            Stmt::Expr(Expr::Path(name), None) if name.attrs.is_empty() => {
                let Some(Stmt::Local(local)) = before.last() else { return };
                let (Pat::Ident(given), Some(init)) = (&local.pat, &local.init) else { return };
                let plain = given.by_ref.is_none() && given.mutability.is_none() && given.subpat.is_none();
                if !plain
                    || !local.attrs.is_empty()
                    || init.diverge.is_some()
                    || !name.path.is_ident(&given.ident)
                {
                    return;
                }
                let (whole, value) = (local.span().byte_range(), init.expr.span().byte_range());
                let end = name.span().byte_range().end;
                // What a comment says between them must not be lost.
                let between = self.text.get(value.end..name.span().byte_range().start).unwrap_or("//");
                if !between.contains("//") {
                    self.edits.cut(whole.start..value.start);
                    self.edits.cut(value.end..end);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(text: &str) -> String {
        let sources = [("src/lib.rs".to_owned(), text.to_owned())].into();
        tidy(sources).expect("parses").remove("src/lib.rs").expect("a library")
    }

    #[test]
    fn the_last_statement_is_the_result() {
        let text = "fn f() -> u8 {\n    g();\n    return 1 + 2;\n}\n\nimpl S {\n    fn g(&self) -> u8 {\n        return match self {\n            _ => 3,\n        };\n    }\n}\n";
        let expected = "fn f() -> u8 {\n    g();\n    1 + 2\n}\n\nimpl S {\n    fn g(&self) -> u8 {\n        match self {\n            _ => 3,\n        }\n    }\n}\n";
        assert_eq!(tidied(text), expected);
    }

    #[test]
    fn a_name_that_is_only_the_result_goes() {
        let text = "fn f(x: u8) -> u8 {\n    let x = a(x);\n    let x = b(x);\n    x\n}\n";
        assert_eq!(tidied(text), "fn f(x: u8) -> u8 {\n    let x = a(x);\n    b(x)\n}\n");
    }

    #[test]
    fn what_means_something_stays() {
        for text in [
            "fn f() {\n    return;\n}\n",
            "fn f() -> u8 {\n    if a() {\n        return 1;\n    }\n    2\n}\n",
            "fn f() -> u8 {\n    let mut x = 1;\n    x\n}\n",
            "fn f() -> u8 {\n    let x: u8 = a();\n    x\n}\n",
            "fn f() -> u8 {\n    let x = a();\n    // Why.\n    x\n}\n",
            "fn f() -> u8 {\n    let Some(x) = a() else { return 1 };\n    x\n}\n",
        ] {
            assert_eq!(tidied(text), text);
        }
    }
}
