//! A member without a version of IP holds nothing of it: no identifier, no string, no symbol.

use crate::{BASE, files};
use lwipgen_core::profile::{Resolved, SHIPPED};
use lwipgen_tests::{Failure, stack, succeed};
use std::fs;

/// What only one version of IP has, by the feature of the template: parts of names, and names that are a whole
/// word or stand between underscores.
type Trace = (&'static str, &'static [&'static str], &'static [&'static str]);

const TRACES: [Trace; 2] = [
    ("ipv4", &["ipv4", "icmpv4", "dhcpv4"], &["v4", "arp", "igmp", "broadcast"]),
    ("ipv6", &["ipv6", "icmpv6", "dhcpv6"], &["v6", "nd6", "mld", "slaac", "dad", "solicitation"]),
];

/// The versions of IP that a profile does not have.
fn absent(profile: &str) -> Result<Vec<Trace>, Failure> {
    let resolved = Resolved::load(profile, &[]).map_err(|errors| format!("{profile}: {errors:?}"))?;
    let features = resolved.selection().features;
    Ok(TRACES.into_iter().filter(|(version, ..)| !features.contains(*version)).collect())
}

/// The profiles that lack one.
pub fn profiles() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(profile, _)| *profile).filter(|profile| absent(profile).is_ok_and(|a| !a.is_empty()))
}

pub fn holds_no_other_version_of_ip(profile: &str) -> Result<(), Failure> {
    let absent = absent(profile)?;
    for (path, text) in files(&stack(BASE, profile)?.directory)? {
        // Ethernet has broadcasts of its own.
        let link = path.ends_with("ethernet.rs");
        for (version, parts, words) in &absent {
            let trace = names(&text).find(|name| {
                let is_word = |part: &str| words.contains(&part) && !(link && part == "broadcast");
                parts.iter().any(|part| name.contains(part)) || name.split('_').any(is_word)
            });
            if let Some(trace) = trace.filter(|_| path.ends_with(".rs")) {
                return Err(format!("{path} speaks of {version}: {trace}"));
            }
            if path.ends_with(&format!("{version}.rs")) || path.contains(&format!("/{version}/")) {
                return Err(format!("there is {path}"));
            }
        }
    }
    // The object with its debug information, which names every function and type that any code came from.
    let member = stack(BASE, profile)?;
    // Beside the files that the tool wrote; it stays, for cargo does not write again what it has built.
    let object = member.directory.with_extension("o");
    let emit = format!("--emit=obj={}", object.display());
    let options = ["rustc", "-q", "--release", "--lib", "--", "-Ccodegen-units=1", "-Cdebuginfo=2", &emit];
    succeed(&mut member.cargo(&options))?;
    let object = fs::read(&object).map_err(|error| format!("{}: {error}", object.display()))?;
    let object = object.to_ascii_lowercase();
    let mentions = |word: &str| object.windows(word.len()).any(|bytes| bytes == word.as_bytes());
    for (version, parts, _) in TRACES {
        let found = parts.iter().find(|part| mentions(part));
        match (found, absent.iter().any(|(lacking, ..)| *lacking == version)) {
            (Some(part), true) => return Err(format!("the object has {part}")),
            (None, false) => {
                return Err(format!("the object should have {version}, and names nothing of it"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The words of a source that are not in comments, in lower case.
fn names(source: &str) -> impl Iterator<Item = String> {
    let code = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).map(str::to_lowercase)
}
