//! `lwipgen search`: options by words.

use lwipgen_core::options::Opt;
use lwipgen_core::search::{limits, search};

use crate::{Refused, refuse};

/// Find options by words in their keys, their help, and their names in lwIP and ESP-IDF
#[derive(clap::Args)]
pub struct Args {
    /// What to look for; all words must occur
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
}

/// Writes a line for each option, the best first.
pub fn run(args: Args) -> Result<(), Refused> {
    let query = args.words.join(" ");
    let option = |option: &Opt| {
        let names: Vec<&str> =
            [&option.lwip, &option.esp_idf].into_iter().flatten().map(String::as_str).collect();
        let names = if names.is_empty() { String::new() } else { format!(" [{}]", names.join(", ")) };
        (option.key.clone(), format!("{}{names}", option.help))
    };
    let limits = limits(&query).into_iter().map(|(key, help)| (key, help.to_owned()));
    let found: Vec<(String, String)> = search(&query).into_iter().map(option).chain(limits).collect();
    if found.is_empty() {
        return Err(refuse(&format!("no option has to do with `{query}`")));
    }
    let width = found.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    for (key, text) in found {
        anstream::println!("{key:width$}  {text}");
    }
    Ok(())
}
