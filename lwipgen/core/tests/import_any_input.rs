//! Whatever a file holds, importing it ends in a profile and a report: never in a panic, never in lost names.

use lwipgen_core::foreign::Vocabulary;
use lwipgen_core::import::{Request, import};
use proptest::prelude::*;
use proptest::sample::select;

const NAMES: &str = include_str!("facts/names.txt");

fn name(origins: &'static [&'static str]) -> impl Strategy<Value = String> {
    let of_origin = move |line: &&str| origins.iter().any(|origin| line.contains(&format!(" {origin} ")));
    let names = NAMES.lines().filter(of_origin).filter_map(|line| line.split(' ').next());
    prop_oneof![20 => select(names.map(str::to_owned).collect::<Vec<_>>()), 1 => "[A-Z_0-9]{0,12}"]
}

fn macro_name() -> impl Strategy<Value = String> {
    prop_oneof![
        name(&["opt.h", "other"]),
        select(vec!["TCP_MSS", "TCP_WND", "TCP_SND_BUF", "PBUF_POOL_SIZE", "LWIP_TCP", "ARP_QUEUEING"])
            .prop_map(str::to_owned)
    ]
}

fn setting() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("y".to_owned()),
        Just("n".to_owned()),
        (0..100_000_u32).prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        "0x[0-9a-fA-F]{0,20}",
        "\"\\PC{0,8}\"",
        "\\PC{0,8}",
    ];
    let symbol = name(&["esp-idf", "renamed", "removed"]);
    prop_oneof![
        6 => (symbol, value).prop_map(|(name, value)| format!("{name}={value}\n")),
        2 => name(&["esp-idf"]).prop_map(|name| format!("# {name} is not set\n")),
        1 => "\\PC{0,30}\n",
    ]
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0..70_000_u32).prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| format!("{number:#x}UL")),
        macro_name(),
        Just("(u16_t)7".to_owned()),
        Just("LWIP_MEM_ALIGN_SIZE(TCP_MSS)".to_owned()),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        let operators = vec!["+", "-", "*", "/", "%", "<<", ">>", "<", "==", "&&", "||", "&", "|", "^"];
        prop_oneof![
            (inner.clone(), select(operators), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (select(vec!["!", "-", "~", "defined", "LWIP_MIN"]), inner)
                .prop_map(|(op, a)| format!("{op}({a})")),
        ]
    })
}

fn directive() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (macro_name(), expression()).prop_map(|(name, value)| format!("#define {name} {value}\n")),
        2 => expression().prop_map(|condition| format!("#if {condition}\n")),
        1 => (select(vec!["#ifdef", "#ifndef", "#undef", "#define"]), macro_name())
            .prop_map(|(word, name)| format!("{word} {name}\n")),
        2 => select(vec!["#else\n", "#endif\n", "#elif 1\n", "/*", "*/", "\\\n", "#include \"x.h\"\n", "#define F(x) x\n", "\""])
            .prop_map(str::to_owned),
        1 => "#?\\PC{0,30}\n",
    ]
}

fn run(vocabulary: Vocabulary, text: &str) {
    let request = Request { vocabulary, file: "any", text, profile: "any.toml", extends: None };
    let imported = match import(&request) {
        Ok(imported) => imported,
        Err(errors) => return assert!(errors[0].message.starts_with("nothing in it is "), "{errors:?}"),
    };
    assert!(!imported.report.to_string().chars().any(|c| c.is_control() && c != '\n'));
    for entry in &imported.report.entries {
        assert!(entry.line.is_none_or(|line| (1..=text.lines().count()).contains(&line)), "{entry:?}");
    }
    if let Err(errors) = &imported.checked {
        // What cannot be kept is a rule's matter: the profile itself can always be read.
        assert!(errors.iter().all(|error| error.message.contains("[rule ")), "{errors:?}\n{}", imported.text);
    }
}

proptest! {
    #[test]
    fn sdkconfigs(lines in proptest::collection::vec(setting(), 0..12)) {
        run(Vocabulary::EspIdf, &lines.concat());
    }

    #[test]
    fn headers(lines in proptest::collection::vec(directive(), 0..12)) {
        run(Vocabulary::Lwip, &lines.concat());
    }

    #[test]
    fn any_text(text in any::<String>()) {
        run(Vocabulary::EspIdf, &text);
        run(Vocabulary::Lwip, &text);
    }
}

#[test]
fn hostile_files_take_no_time() {
    let deep: String = (0..3000).map(|_| "#if FOO(\n").collect();
    run(Vocabulary::Lwip, &deep);
    run(Vocabulary::Lwip, &format!("#include \"x.h\"\n{}", "#ifdef FOO\n#define TCP_MSS 1\n".repeat(3000)));
    let doubling: String = (0..64).map(|i| format!("#define A{i} A{n} A{n}\n", n = i + 1)).collect();
    run(Vocabulary::Lwip, &format!("{doubling}#define A64\n#define TCP_MSS A0\n"));
    run(Vocabulary::Lwip, &format!("#define TCP_MSS {}1\n", "(".repeat(100_000)));
    run(Vocabulary::Lwip, &format!("#define TCP_MSS 1{}\n", " + 1".repeat(100_000)));
}
