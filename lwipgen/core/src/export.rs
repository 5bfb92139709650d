//! Exporting a profile as `lwipopts.h`: the same meaning for lwIP in C.

use crate::foreign::{self, Vocabulary, conversion, expression};
use crate::options::{Kind, Value};
use crate::profile::{Resolved, Setting};
use std::fmt::Write;

/// Columns of a definition before its comment.
const WIDTH: usize = 56;

/// The header.
#[must_use]
pub fn lwipopts(resolved: &Resolved) -> String {
    let mut header = Header::default();
    header.line(&format!("/* lwIP options of the profile {}; written by lwipgen. */", resolved.name));
    header.line("#ifndef LWIPOPTS_H\n#define LWIPOPTS_H");
    let mut unnamed = Vec::new();
    let mut group = None;
    for setting in &resolved.settings {
        if !setting.active && setting.option.kind != Kind::Bool
            || setting.option.kind == Kind::Text && !has_name(setting)
        {
            continue;
        }
        if !has_name(setting) {
            unnamed.push(format!(" * {} = {}", setting.option.key, setting.value));
            continue;
        }
        if is_hook(setting) && setting.value != Value::Bool(true) {
            continue;
        }
        if group != Some(setting.option.group()) {
            group = Some(setting.option.group());
            header.line("");
        }
        header.option(resolved, setting);
    }
    header.line("\n/* What lwIP has by default and the stack of the profile has not. */");
    for (name, feature) in foreign::switched_off() {
        if !header.names.iter().any(|known| known == name) {
            header.define(name, "0", feature);
        }
    }
    header.line("\n/* What lwIP needs besides: it keeps data to be sent in a heap, and counts segments. */");
    for (name, text) in foreign::besides() {
        header.define(name, text, "");
    }
    if !unnamed.is_empty() {
        header.line(&format!("\n/* lwIP has no macro for these:\n{}\n */", unnamed.join("\n")));
    }
    header.line("\n#endif");
    header.text
}

fn has_name(setting: &Setting) -> bool {
    expression(setting.option, Vocabulary::Lwip).is_some()
}

/// Whether lwIP calls a function of the application where its macro is defined.
fn is_hook(setting: &Setting) -> bool {
    setting.option.lwip.as_deref().is_some_and(foreign::is_function)
}

#[derive(Default)]
struct Header {
    text: String,
    names: Vec<String>,
}

impl Header {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn option(&mut self, resolved: &Resolved, setting: &Setting) {
        let conversion = conversion(setting.option);
        let value = if setting.active { setting.value.clone() } else { Value::Bool(false) };
        if let (Kind::Text, Value::Text(text), Some(name)) =
            (&setting.option.kind, &value, &setting.option.lwip)
        {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace(char::is_control, " ");
            self.define(name, &format!("\"{text}\""), &setting.option.key);
            return;
        }
        if let (true, Some(name)) = (is_hook(setting), &setting.option.lwip) {
            self.define(name, &name.to_lowercase(), &format!("{}: a function of yours", setting.option.key));
            return;
        }
        let unit = conversion.unit.as_deref().and_then(|unit| resolved.compute(unit));
        for (name, text) in foreign::macros(setting.option, conversion.export(&value, unit)) {
            self.define(name, &text, &setting.option.key);
        }
    }

    fn define(&mut self, name: &str, text: &str, comment: &str) {
        self.names.push(name.to_owned());
        let definition = format!("#define {name} {text}");
        // Writing to a string cannot fail.
        let _ = match comment {
            "" => writeln!(self.text, "{definition}"),
            comment => writeln!(self.text, "{definition:<WIDTH$} /* {comment} */"),
        };
    }
}

#[cfg(test)]
mod tests;
