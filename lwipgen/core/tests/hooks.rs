//! A profile has just the hooks that it names: one that is off leaves no code, none leave nothing at all.

use std::collections::BTreeMap;

use lwipgen_core::budget::Pricer;
use lwipgen_core::config;
use lwipgen_core::layout::Target;
use lwipgen_core::options::options;
use lwipgen_core::profile::{Resolved, SHIPPED};
use lwipgen_core::selection::Selection;
use lwipgen_core::specialise::{Sources, specialise};
use lwipgen_core::template::Template;

/// Names of all hooks.
fn hooks() -> Vec<&'static str> {
    let hooks = options().all.iter().filter(|option| option.group() == Some("hooks"));
    hooks.map(|option| option.name()).collect()
}

/// `full` with these hooks and no others.
fn full_with(on: &[&str]) -> Selection {
    let set: Vec<String> =
        hooks().into_iter().map(|hook| format!("hooks.{hook}={}", on.contains(&hook))).collect();
    Resolved::load("full", &set).expect("a valid profile").selection()
}

fn emit(selection: &Selection) -> Sources {
    specialise(&Template::stack(), selection, &config::source(selection)).expect("specialises")
}

/// Names of the methods of the trait `Hooks`.
fn methods(sources: &Sources) -> Vec<String> {
    let file = syn::parse_file(&sources["src/hooks.rs"]).expect("parses");
    let declared = file.items.into_iter().find_map(|item| match item {
        syn::Item::Trait(item) if item.ident == "Hooks" => Some(item),
        _ => None,
    });
    let items = declared.expect("the trait").items.into_iter();
    let name = |item| match item {
        syn::TraitItem::Fn(method) => method.sig.ident.to_string(),
        _ => panic!("the trait has just methods"),
    };
    items.map(name).collect()
}

/// How often each hook is called.
fn calls(sources: &Sources) -> BTreeMap<&'static str, usize> {
    let count = |hook| {
        let call = format!("hooks.{hook}(");
        sources.values().map(|text| text.matches(&call).count()).sum()
    };
    hooks().into_iter().map(|hook| (hook, count(hook))).collect()
}

#[test]
fn a_crate_has_just_the_hooks_of_its_profile() {
    for hook in hooks() {
        let sources = emit(&full_with(&[hook]));
        assert_eq!(methods(&sources), [hook]);
        for (other, count) in calls(&sources) {
            assert_eq!(count > 0, other == hook, "{other} in a crate with {hook}: {count} calls");
        }
    }
}

#[test]
fn a_crate_without_hooks_holds_nothing_of_them() {
    let none = full_with(&[]);
    let shipped = SHIPPED.iter().map(|(name, _)| Resolved::load(name, &[]).expect("valid").selection());
    let without =
        shipped.filter(|selection| !selection.features.iter().any(|name| name.starts_with("hooks")));
    for selection in without.chain([none]) {
        for (path, text) in emit(&selection) {
            // Comments may speak of hooks.
            let mut code =
                text.lines().filter(|line| path.ends_with(".rs") && !line.trim().starts_with("//"));
            let held = code.find(|line| line.to_lowercase().contains("hook"));
            assert_eq!(held, None, "{} {path}", selection.name);
        }
    }
}

#[test]
fn hooks_without_state_take_no_memory() {
    for target in [Target::RISCV32, Target::BITS_64] {
        let pricer = Pricer::new(target);
        let price = |on: &[&str]| pricer.total(&full_with(on)).expect("priced");
        assert_eq!(price(&hooks()), price(&[]));
    }
}
