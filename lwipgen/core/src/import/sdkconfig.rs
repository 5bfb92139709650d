//! Reading ESP-IDF's `sdkconfig`: `CONFIG_X=y`, `CONFIG_X=12`, `CONFIG_X="text"`, `# CONFIG_X is not set`.

use super::definitions::{Body, Definition, Definitions};
use crate::foreign::{self, Vocabulary};

/// Everything that the file says.
pub(super) fn read(text: &str) -> Definitions {
    let mut definitions = Definitions::new(Vocabulary::EspIdf);
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let line = line.trim();
        match assignment(line) {
            Ok(Some((name, said, body))) => {
                let (name, was) = match foreign::renamed(name) {
                    Some(new) => (new, Some(name.to_owned())),
                    None => (name, None),
                };
                // The list of old names at the end of a file repeats what the new ones say.
                if was.is_some() && definitions.get(name).is_some_and(|known| known.was.is_none()) {
                    continue;
                }
                let body = Body::Text(body);
                definitions.set(Definition {
                    name: name.to_owned(),
                    was,
                    line: number,
                    said: said.to_owned(),
                    body,
                });
            }
            Ok(None) => {}
            Err(why) => definitions.unclear.push((number, why)),
        }
    }
    for row in foreign::implications() {
        let Some(Definition { line, body: Body::Text(body), .. }) = definitions.get(&row.name) else {
            continue;
        };
        let line = *line;
        if *body != row.value.to_string() {
            continue;
        }
        for (name, value) in &row.then {
            if definitions.get(name).is_none() {
                let body = Body::Text(value.to_string());
                let (was, said) = (Some(row.name.clone()), "not set".to_owned());
                definitions.set(Definition { name: name.clone(), was, line, said, body });
            }
        }
    }
    definitions
}

/// A name, its value as it is written, and as a C expression; nothing on a line that says nothing.
fn assignment(line: &str) -> Result<Option<(&str, &str, String)>, String> {
    if let Some(comment) = line.strip_prefix('#') {
        let unset = comment.trim().strip_suffix("is not set").map(str::trim_end);
        let name = unset.filter(|name| name.starts_with("CONFIG_") && is_name(name));
        return Ok(name.map(|name| (name, "not set", "0".to_owned())));
    }
    if line.is_empty() {
        return Ok(None);
    }
    let (name, value) = line.split_once('=').ok_or("expected CONFIG_NAME=value")?;
    let (name, value) = (name.trim_end(), value.trim_start());
    if !name.starts_with("CONFIG_") || !is_name(name) {
        return Err("expected CONFIG_NAME=value".to_owned());
    }
    let body = match value {
        // Without a value a symbol is as if it were not there.
        "" => return Ok(None),
        "y" => "1".to_owned(),
        "n" => "0".to_owned(),
        text if text.len() >= 2 && text.starts_with('"') && text.ends_with('"') => text.to_owned(),
        number => {
            let digits = number.strip_prefix('-').unwrap_or(number);
            let valid = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
                Some(hex) => !hex.is_empty() && hex.chars().all(|c| c.is_ascii_hexdigit()),
                None => !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()),
            };
            if !valid {
                return Err(format!("{name}: expected y, n, a number or a text in quotes"));
            }
            match digits.strip_prefix('0') {
                // In C a leading zero would make it octal.
                Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
                    number.replacen(digits, digits.trim_start_matches('0'), 1)
                }
                _ => number.to_owned(),
            }
        }
    };
    Ok(Some((name, value, body)))
}

fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(definitions: &Definitions, name: &str) -> Option<String> {
        match &definitions.get(name)?.body {
            Body::Text(text) => Some(text.clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_kind_of_line() {
        let read = read(
            "#\n# Title\n#\nCONFIG_A=y\r\n# CONFIG_B is not set\nCONFIG_C=0x1F\n\nCONFIG_D=\"a \\\"b\\\"\"\n\
             CONFIG_E=-3\nCONFIG_F=\nCONFIG_G=007\nCONFIG_A=n\n",
        );
        assert!(read.unclear.is_empty(), "{:?}", read.unclear);
        let body = |name| body(&read, name);
        assert_eq!(body("CONFIG_A").as_deref(), Some("0"), "the last line wins");
        assert_eq!(body("CONFIG_B").as_deref(), Some("0"));
        assert_eq!(body("CONFIG_C").as_deref(), Some("0x1F"));
        assert_eq!(body("CONFIG_D").as_deref(), Some("\"a \\\"b\\\"\""));
        assert_eq!(body("CONFIG_E").as_deref(), Some("-3"));
        assert_eq!(body("CONFIG_F"), None);
        assert_eq!(body("CONFIG_G").as_deref(), Some("7"));
        assert_eq!(read.get("CONFIG_C").unwrap().line, 6);
    }

    #[test]
    fn lines_that_say_nothing_known_are_told() {
        let read = read("CONFIG_A\nA=1\nCONFIG_B=m\nCONFIG_C=0x\nCONFIG D=1\n");
        let lines: Vec<usize> = read.unclear.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5]);
        assert!(read.all.is_empty());
    }

    #[test]
    fn old_names_load_and_new_ones_win() {
        let old = read("CONFIG_TCP_MSS=1000\n");
        assert_eq!(body(&old, "CONFIG_LWIP_TCP_MSS").as_deref(), Some("1000"));
        assert_eq!(old.all[0].was.as_deref(), Some("CONFIG_TCP_MSS"));
        for text in [
            "CONFIG_TCP_MSS=1000\nCONFIG_LWIP_TCP_MSS=536\n",
            "CONFIG_LWIP_TCP_MSS=536\nCONFIG_TCP_MSS=1000\n",
        ] {
            assert_eq!(body(&read(text), "CONFIG_LWIP_TCP_MSS").as_deref(), Some("536"), "{text}");
        }
    }

    #[test]
    fn a_symbol_that_chooses_defaults_does_not_overrule() {
        let slow =
            read("# CONFIG_LWIP_TCP_HIGH_SPEED_RETRANSMISSION is not set\nCONFIG_LWIP_TCP_SYNMAXRTX=8\n");
        assert_eq!(body(&slow, "CONFIG_LWIP_TCP_RTO_TIME").as_deref(), Some("3000"));
        assert_eq!(body(&slow, "CONFIG_LWIP_TCP_SYNMAXRTX").as_deref(), Some("8"));
        let fast = read("CONFIG_LWIP_TCP_HIGH_SPEED_RETRANSMISSION=y\n");
        assert!(fast.get("CONFIG_LWIP_TCP_RTO_TIME").is_none());
    }
}
