use super::*;
use std::collections::HashMap;

struct Fixed(HashMap<&'static str, Macro<'static>>);

impl Macros for Fixed {
    fn get(&self, name: &str) -> Macro<'_> {
        self.0.get(name).copied().unwrap_or(Macro::Undefined)
    }
}

fn macros() -> Fixed {
    Fixed(HashMap::from([
        ("TCP_MSS", Macro::Text("1460U")),
        ("TCP_WND", Macro::Text("(8 * TCP_MSS)")),
        ("SUM", Macro::Text("1 + 2")),
        ("MEM_ALIGNMENT", Macro::Text("4")),
        ("CIRCLE", Macro::Text("(CIRCLE + 1)")),
        ("TWICE", Macro::Text("(ONCE * ONCE)")),
        ("ONCE", Macro::Text("(CIRCLE2 * CIRCLE2)")),
        ("CIRCLE2", Macro::Text("TWICE")),
        ("DEEP", Macro::Unknown("line 3 is not known")),
        ("CALL", Macro::Function),
        ("EMPTY", Macro::Text("")),
        ("NAME", Macro::Text("\"tcpip\"")),
    ]))
}

fn value(text: &str) -> Result<i128, String> {
    evaluate(text, &macros())
}

#[test]
fn expressions_have_the_value_that_c_gives_them() {
    for (text, expected) in [
        ("1460", 1460),
        ("0x5b4UL", 1460),
        ("0100", 64),
        ("0", 0),
        ("0UL", 0),
        ("((u16_t)(4 * TCP_MSS))", 5840),
        ("(unsigned long)1 << 4", 16),
        ("TCP_WND / TCP_MSS", 8),
        ("SUM * 3", 7),
        ("1 + 2 * 3 - 4 / 2 % 3", 5),
        ("10 - 4 - 3", 3),
        ("1 << 3 | 1", 9),
        ("~0 & 0xff ^ 1", 254),
        ("-7 / 2", -3),
        ("!0 + !5", 1),
        ("TCP_MSS > 1000 ? 2 : 3", 2),
        ("0 ? 1 : 0 ? 2 : 3", 3),
        ("1 || UNKNOWN", 1),
        ("0 && 1 / 0", 0),
        ("1 ? 5 : DEEP", 5),
        ("LWIP_MIN(3, 4) + LWIP_MAX(3, 4)", 7),
        ("LWIP_MEM_ALIGN_SIZE(TCP_MSS + 54)", 1516),
    ] {
        assert_eq!(value(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_has_no_value_says_why() {
    for (text, expected) in [
        ("", "it has no value"),
        ("EMPTY", "it has no value"),
        ("2 * UNKNOWN", "`UNKNOWN` is not defined"),
        ("DEEP + 1", "line 3 is not known"),
        ("CIRCLE", "`CIRCLE` goes round in a circle"),
        ("CALL(3)", "`CALL` takes arguments"),
        ("1 / (2 - 2)", "it divides by zero"),
        ("(1", "expected `)`, found the end"),
        ("1 2", "expected an operator, found `2`"),
        ("12ab", "`12ab` is not a number"),
        ("sizeof(int)", "`sizeof` is not defined"),
        ("NAME", "a text is not a number"),
        ("1 # 2", "`#` is not part of an expression"),
        ("1 << 100", "it is too large"),
    ] {
        assert_eq!(value(text), Err(expected.to_owned()), "{text}");
    }
    assert!(value(&"(".repeat(10_000)).is_err());
    assert!(value(&"-".repeat(10_000)).is_err());
    assert!(value("TWICE").is_err());
}

#[test]
fn conditions_take_what_is_not_defined_for_nothing() {
    for (text, expected) in [
        ("UNKNOWN", false),
        ("defined UNKNOWN || defined(TCP_MSS)", true),
        ("!defined(UNKNOWN) && TCP_MSS >= 1460", true),
        ("defined(CALL)", true),
    ] {
        assert_eq!(condition(text, &macros()), Ok(expected), "{text}");
    }
    assert!(condition("DEEP", &macros()).is_err());
    assert!(condition("defined(", &macros()).is_err());
}
