//! Whatever a profile holds, reading it ends in values that fit or in errors that have a place: never in a panic.

use lwipgen_core::options::options;
use lwipgen_core::profile::Resolved;
use proptest::prelude::*;
use proptest::sample::select;

fn key() -> impl Strategy<Value = String> {
    let keys: Vec<String> = options().all.iter().map(|option| option.key.clone()).collect();
    let groups: Vec<String> = options().groups.iter().map(|group| group.key.clone()).collect();
    prop_oneof![6 => select(keys), 2 => select(groups), 1 => Just("extends".to_owned()), 1 => "[a-z_.\"]{0,12}"]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<bool>().prop_map(|on| on.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        (0..5000_i64).prop_map(|number| number.to_string()),
        "\"[-+*/() 0-9a-zKMiB._]{0,24}\"",
        key().prop_map(|key| format!("\"2 * {key}\"")),
        select(vec![
            "\"heap\"",
            "\"periodic\"",
            "[]",
            "{}",
            "{ enabled = false }",
            "1.5",
            "1979-05-27",
            "''''''",
            ""
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ]
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (key(), value()).prop_map(|(key, value)| format!("{key} = {value}\n")),
        1 => key().prop_map(|key| format!("[{key}]\n")),
        1 => "\\PC{0,20}\n",
    ]
}

fn check(text: &str, overrides: &[String]) {
    match Resolved::from_text("any", text, overrides) {
        Ok(resolved) => {
            for constant in resolved.selection().constants {
                let limit = match constant.ty {
                    "u8" => u64::from(u8::MAX),
                    "u16" => u64::from(u16::MAX),
                    _ => u64::from(u32::MAX),
                };
                assert!(constant.value <= limit, "{constant:?}");
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                assert!(!error.to_string().contains('\n'), "{error}");
                assert!(error.place.source.text.get(error.place.span.clone()).is_some(), "{error:?}");
                assert!(!error.excerpt().contains('\u{1b}'));
            }
        }
    }
}

proptest! {
    #[test]
    fn profiles_of_keys_and_values(lines in proptest::collection::vec(line(), 0..8)) {
        check(&lines.concat(), &[]);
    }

    #[test]
    fn single_values(key in key(), value in value()) {
        check(&format!("{key} = {value}"), &[]);
        check("", &[format!("{key}={value}")]);
    }

    #[test]
    fn any_text(text in any::<String>(), written in any::<String>()) {
        check(&text, &[written]);
    }
}
