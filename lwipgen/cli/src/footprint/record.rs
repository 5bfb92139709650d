//! The table of measured footprints in `docs/footprint.md`: one row for each profile on each board.

/// What stands around the table.
const BEGIN: &str = "<!-- Written by `lwipgen footprint --record`. -->";
const END: &str = "<!-- End of what it writes. -->";
const HEAD: &str = "| profile | board | code of the stack | flash of the image | `Stack` | RAM of the image | compiler |\n\
                    |---|---|---|---|---|---|---|\n";

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub profile: String,
    pub board: String,
    /// Bytes.
    pub code: u64,
    pub flash: u64,
    pub stack: u64,
    pub ram: u64,
    pub compiler: String,
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [profile, board, code, flash, stack, ram, compiler] = cells[..] else { return None };
        let bytes = |cell: &str| cell.replace(' ', "").parse().ok();
        Some(Self {
            profile: profile.trim_matches('`').to_owned(),
            board: board.to_owned(),
            code: bytes(code)?,
            flash: bytes(flash)?,
            stack: bytes(stack)?,
            ram: bytes(ram)?,
            compiler: compiler.to_owned(),
        })
    }

    fn render(&self) -> String {
        let Self { profile, board, code, flash, stack, ram, compiler } = self;
        let [code, flash, stack, ram] = [code, flash, stack, ram].map(|bytes| grouped(*bytes));
        format!("| `{profile}` | {board} | {code} | {flash} | {stack} | {ram} | {compiler} |\n")
    }
}

/// The text with `row` in its table, and the row that it takes the place of; `None` if there is no table.
pub fn put(text: &str, row: &Row) -> Option<(String, Option<Row>)> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (table, after) = rest.split_once(END)?;
    let mut rows: Vec<Row> = table.lines().filter_map(Row::parse).collect();
    let is_same = |known: &Row| (&known.profile, &known.board) == (&row.profile, &row.board);
    let last = rows.iter().position(is_same).map(|at| rows.remove(at));
    rows.push(row.clone());
    rows.sort_by(|a, b| (&a.board, a.code).cmp(&(&b.board, b.code)));
    let rows: String = rows.iter().map(Row::render).collect();
    Some((format!("{before}{BEGIN}\n\n{HEAD}{rows}\n{END}{after}"), last))
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_takes_the_place_of_the_one_before() {
        let text = format!("before\n\n{BEGIN}\n{END}\n\nafter\n");
        let row = |profile: &str, code| Row {
            profile: profile.to_owned(),
            board: "toaster".to_owned(),
            code,
            flash: 1_234_567,
            stack: 7,
            ram: 1000,
            compiler: "a triple, a compiler".to_owned(),
        };
        let (text, last) = put(&text, &row("b", 20)).unwrap();
        assert_eq!(last, None);
        let (text, _) = put(&text, &row("a", 10)).unwrap();
        let (text, last) = put(&text, &row("b", 5)).unwrap();
        assert_eq!(last, Some(row("b", 20)));
        let rows: Vec<Row> = text.lines().filter_map(Row::parse).collect();
        assert_eq!(rows, [row("b", 5), row("a", 10)]);
        assert!(text.contains("| 1 234 567 |"), "{text}");
        assert!(text.starts_with("before\n") && text.ends_with("\nafter\n"), "{text}");
        assert_eq!(put("no table", &row("a", 1)), None);
    }
}
