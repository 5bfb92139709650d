//! Parsing of source texts, each text once: the variants of a template that a budget compares share most files.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use syn::File;

thread_local! {
    // Spans are only valid on the thread that parsed, so nothing is shared beyond it.
    static PARSED: RefCell<HashMap<String, Rc<File>>> = RefCell::default();
}

/// The syntax tree of a file.
pub(crate) fn file(text: &str) -> syn::Result<Rc<File>> {
    if let Some(file) = PARSED.with_borrow(|parsed| parsed.get(text).cloned()) {
        return Ok(file);
    }
    let file = Rc::new(syn::parse_file(text)?);
    PARSED.with_borrow_mut(|parsed| parsed.insert(text.to_owned(), Rc::clone(&file)));
    Ok(file)
}
