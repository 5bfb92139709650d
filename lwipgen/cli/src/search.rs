//! `lwipgen search`: options by words.

use lwipgen_core::search::search;

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
    let found = search(&query);
    if found.is_empty() {
        return Err(refuse(&format!("no option has to do with `{query}`")));
    }
    let width = found.iter().map(|option| option.key.len()).max().unwrap_or(0);
    for option in found {
        let names: Vec<&str> =
            [&option.lwip, &option.esp_idf].into_iter().flatten().map(String::as_str).collect();
        let names = if names.is_empty() { String::new() } else { format!(" [{}]", names.join(", ")) };
        anstream::println!("{:width$}  {}{names}", option.key, option.help);
    }
    Ok(())
}
