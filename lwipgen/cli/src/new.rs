//! `lwipgen new`: the file of a new profile.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use dialoguer::{Input, Select};
use lwipgen_core::budget::{CHIPS, Chip};
use lwipgen_core::edit::{self, ProfileFile};
use lwipgen_core::profile::SHIPPED;

use crate::places::base_from;
use crate::{Refused, refuse};

/// Start a profile of your own
#[derive(clap::Args)]
pub struct Args {
    /// Its name, or the path of its file
    #[arg(value_name = "NAME")]
    name: String,
    /// The profile that it starts from: a shipped one or a file [default: minimal-v4]
    #[arg(long, value_name = "PRESET")]
    from: Option<String>,
    /// The chip of the product: the RAM it has is the most that the profile may take
    #[arg(long, value_parser = chip)]
    chip: Option<&'static Chip>,
    /// What it is for, in one sentence
    #[arg(long)]
    description: Option<String>,
}

/// The chip of this name.
pub fn chip(name: &str) -> Result<&'static Chip, String> {
    Chip::find(name).ok_or_else(|| {
        let chips: Vec<String> = CHIPS.iter().map(Chip::key).collect();
        format!("expected {}", chips.join(", "))
    })
}

/// Asks for what the command line leaves open if somebody is there to answer, and writes the file.
pub fn run(mut args: Args) -> Result<(), Refused> {
    let path = PathBuf::from(if args.name.ends_with(".toml") {
        args.name.clone()
    } else {
        format!("{}.toml", args.name)
    });
    if path.exists() {
        return Err(refuse(&format!("{} exists", path.display())));
    }
    if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        ask(&mut args, &mut Terminal).map_err(|error| refuse(&error))?;
    }
    let text = text(&args, &path)?;
    let file = ProfileFile { path: path.display().to_string(), text: String::new() };
    if let Err(errors) = file.with_text(&text) {
        crate::profiles::report(&errors);
        return Err(Refused);
    }
    edit::replace(&path, &text)
        .map_err(|error| refuse(&format!("cannot write {}: {error}", path.display())))?;
    print!("{text}");
    crate::progress("Created", format_args!("{0}: `lwipgen menuconfig {0}` changes it", path.display()));
    Ok(())
}

/// Somebody who answers questions.
trait Answers {
    /// A line of text, which may be empty.
    fn line(&mut self, question: &str) -> dialoguer::Result<String>;

    /// The position of one of `choices`.
    fn choice(&mut self, question: &str, choices: &[&str]) -> dialoguer::Result<usize>;
}

/// Whoever sits there.
struct Terminal;

impl Answers for Terminal {
    fn line(&mut self, question: &str) -> dialoguer::Result<String> {
        Input::new().with_prompt(question).allow_empty(true).interact_text()
    }

    fn choice(&mut self, question: &str, choices: &[&str]) -> dialoguer::Result<usize> {
        Select::new().with_prompt(question).items(choices).default(0).interact()
    }
}

/// Asks for what the command line leaves open.
fn ask(args: &mut Args, answers: &mut impl Answers) -> dialoguer::Result<()> {
    if args.description.is_none() {
        args.description = Some(answers.line("What is it for")?);
    }
    if args.from.is_none() {
        let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        let chosen = answers.choice("Start from", &names)?;
        args.from = names.get(chosen).map(|name| (*name).to_owned());
    }
    if args.chip.is_none() {
        let names: Vec<&str> = CHIPS.iter().map(|chip| chip.name).chain(["another"]).collect();
        args.chip = CHIPS.get(answers.choice("Chip", &names)?);
    }
    Ok(())
}

fn text(args: &Args, path: &Path) -> Result<String, Refused> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let from = args.from.as_deref().unwrap_or("minimal-v4");
    let base = base_from(from, path);
    let mut document = toml_edit::DocumentMut::new();
    document["description"] = toml_edit::value(args.description.as_deref().unwrap_or_default());
    document["extends"] = toml_edit::value(base);
    if let Some(chip) = args.chip {
        let mut table = toml_edit::Table::new();
        table["chip"] = toml_edit::value(chip.key());
        document["budget"] = toml_edit::Item::Table(table);
    }
    let schema = folder.join("profile.schema.json");
    let schema = if schema.is_file() { "#:schema ./profile.schema.json\n" } else { "" };
    Ok(format!("{schema}{document}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers as told and notes the questions.
    struct Script {
        line: &'static str,
        choices: Vec<&'static str>,
        questions: Vec<String>,
    }

    impl Answers for Script {
        fn line(&mut self, question: &str) -> dialoguer::Result<String> {
            self.questions.push(question.to_owned());
            Ok(self.line.to_owned())
        }

        fn choice(&mut self, question: &str, choices: &[&str]) -> dialoguer::Result<usize> {
            self.questions.push(question.to_owned());
            let answer = self.choices.remove(0);
            Ok(choices.iter().position(|choice| *choice == answer).expect("a choice"))
        }
    }

    fn dialogue(mut args: Args, choices: &[&'static str]) -> (Vec<String>, String) {
        let mut script = Script { line: "Weighs bees.", choices: choices.to_vec(), questions: Vec::new() };
        ask(&mut args, &mut script).unwrap();
        assert_eq!(script.choices, [""; 0], "every answer was asked for");
        let text = text(&args, Path::new("/nowhere/node.toml")).unwrap_or_else(|_| panic!("refused"));
        (script.questions, text)
    }

    fn args(from: Option<&str>, chip: Option<&'static Chip>) -> Args {
        Args { name: "node".to_owned(), from: from.map(str::to_owned), chip, description: None }
    }

    #[test]
    fn the_dialogue_asks_for_what_is_left_open() {
        let (questions, text) = dialogue(args(None, None), &["iot-sensor", "ESP32-C6"]);
        assert_eq!(questions, ["What is it for", "Start from", "Chip"]);
        assert_eq!(
            text,
            "description = \"Weighs bees.\"\nextends = \"iot-sensor\"\n\n[budget]\nchip = \"esp32c6\"\n"
        );
    }

    #[test]
    fn what_the_command_line_says_is_not_asked() {
        let (questions, text) = dialogue(args(Some("udp-beacon"), None), &["another"]);
        assert_eq!(questions, ["What is it for", "Chip"]);
        assert_eq!(text, "description = \"Weighs bees.\"\nextends = \"udp-beacon\"\n", "no limit");
        let (questions, _) = dialogue(args(Some("udp-beacon"), Chip::find("esp32")), &[]);
        assert_eq!(questions, ["What is it for"]);
    }
}
