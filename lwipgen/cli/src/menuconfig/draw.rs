//! How the menu looks: a pure function of its state. Letters are ASCII, so that a serial terminal shows them too.

use lwipgen_core::menu::{Menu, Mode, Page, Row};
use lwipgen_core::options::{Kind, Opt, Value};
use lwipgen_core::profile::{Origin, Verdict};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph, Wrap};

/// Whether there are colours; without them weight and inversion must do.
#[derive(Clone, Copy)]
pub struct Theme {
    pub color: bool,
}

impl Theme {
    /// No colours where `NO_COLOR` is set or the terminal is dumb.
    pub fn of_environment() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { color: !is_set("NO_COLOR") && !dumb }
    }

    fn paint(self, color: Color) -> Style {
        if self.color { Style::new().fg(color) } else { Style::new() }
    }
}

const BORDER: border::Set<'_> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// Draws one frame.
pub fn draw(frame: &mut Frame<'_>, menu: &Menu, theme: Theme) {
    let [title, tree, ruler, ram, price, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(heading(menu, title.width), title);
    draw_rows(frame, menu, theme, tree);
    frame.render_widget(rule(menu, ruler.width), ruler);
    frame.render_widget(memory(menu, theme), ram);
    let told = if menu.notice().is_empty() { menu.price_line() } else { menu.notice().to_owned() };
    frame.render_widget(Line::raw(fitted(&told, price.width)), price);
    frame.render_widget(Line::styled(help(menu.mode()), Style::new().add_modifier(Modifier::BOLD)), keys);
    match menu.mode() {
        Mode::Page(page) => draw_page(frame, page, theme, tree),
        Mode::Leave => draw_page(frame, &leaving(menu), theme, tree),
        Mode::Browse | Mode::Search { .. } | Mode::Edit { .. } | Mode::Done => {}
    }
}

fn heading(menu: &Menu, width: u16) -> Line<'static> {
    let left = match menu.mode() {
        Mode::Search { .. } => format!(" Search: {}_", menu.query()),
        _ if !menu.query().is_empty() => format!(" Found: {} (Esc: back to the tree)", menu.query()),
        _ => format!(" {}", menu.path()),
    };
    let right = if menu.is_changed() { "not saved " } else { "" };
    let room = usize::from(width).saturating_sub(right.len());
    let style = Style::new().add_modifier(Modifier::REVERSED);
    Line::styled(format!("{:room$}{right}", fitted(&left, width)), style)
}

/// The line between tree and footer says what the row under the cursor is about, in full where there is room.
fn rule(menu: &Menu, width: u16) -> Line<'static> {
    let about = menu.rows().get(menu.cursor()).map(Row::help).unwrap_or_default();
    let text = format!("-- {} ", fitted(&about, width.saturating_sub(6)));
    let room = usize::from(width);
    Line::raw(format!("{text:-<room$}"))
}

fn draw_rows(frame: &mut Frame<'_>, menu: &Menu, theme: Theme, area: Rect) {
    let height = usize::from(area.height);
    // The cursor stays in the middle where there is more than fits, so that the frame depends on nothing before it.
    let most = menu.rows().len().saturating_sub(height);
    let top = menu.cursor().saturating_sub(height / 2).min(most);
    let shown = menu.rows().iter().enumerate().skip(top).take(height);
    for (y, (index, row)) in (area.y..).zip(shown) {
        let line = Rect { y, height: 1, ..area };
        let here = index == menu.cursor();
        let style = if here { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
        frame.render_widget(row_line(menu, theme, *row, here, area.width).patch_style(style), line);
    }
    if menu.rows().is_empty() {
        frame.render_widget(Line::raw(" nothing found"), area);
    }
}

fn row_line(menu: &Menu, theme: Theme, row: Row, here: bool, width: u16) -> Line<'static> {
    let tree = menu.query().is_empty();
    let option = match row {
        Row::Option(option) => Some(option),
        Row::Group(group) => lwipgen_core::options::options().get(&format!("{}.enabled", group.key)),
    };
    let (indent, name) = match row {
        Row::Group(group) => {
            (if menu.is_unfolded(&group.key) && tree { "v " } else { "> " }, group.key.clone())
        }
        Row::Option(option) if tree && option.group().is_some() => ("    ", option.name().to_owned()),
        Row::Option(option) => ("  ", option.key.clone()),
    };
    let mark = option.map_or(' ', |option| mark(menu, option));
    let value = option.map(|option| value(menu, option, here)).unwrap_or_default();
    let text = format!("{mark} {indent}{name:<24} {value:<18} ");
    let room = usize::from(width).saturating_sub(text.chars().count());
    let missing = option.and_then(|option| menu.missing(option));
    let about = missing.map_or_else(|| row.help(), |missing| format!("needs {}", missing.key));
    let help = fitted(&about, u16::try_from(room).unwrap_or(0));
    let dim = missing.is_some();
    let color = match mark {
        '-' => theme.paint(Color::DarkGray),
        '*' => theme.paint(Color::Yellow),
        _ => Style::new(),
    };
    let help_style = if dim { color } else { theme.paint(Color::Cyan) };
    Line::from(vec![Span::styled(text, color), Span::styled(format!("{help:room$}"), help_style)])
}

/// `*` set by this profile, `-` without effect.
fn mark(menu: &Menu, option: &Opt) -> char {
    match menu.setting(option).map(|setting| &setting.origin) {
        _ if menu.missing(option).is_some() => '-',
        Some(Origin::Profile(_)) => '*',
        _ => ' ',
    }
}

fn value(menu: &Menu, option: &Opt, here: bool) -> String {
    if let (true, Mode::Edit { input, .. }) = (here, menu.mode()) {
        return format!("[{input}_]");
    }
    let Some(setting) = menu.setting(option) else { return String::new() };
    match (&option.kind, &setting.value) {
        (Kind::Bool, Value::Bool(on)) => if *on { "[x]" } else { "[ ]" }.to_owned(),
        (Kind::Choice(_), value) => format!("<{}>", value.bare()),
        (Kind::Number(_), value) => {
            let unit = option.unit.as_deref().filter(|unit| unit.len() < 10).unwrap_or_default();
            format!("{} {unit}", value.bare())
        }
        (_, value) => fitted(&value.bare(), 18),
    }
}

/// The line that is always there: total, share, change, and whether it is allowed.
fn memory(menu: &Menu, theme: Theme) -> Line<'static> {
    let total = menu.total();
    let chip = menu.chip();
    let text = format!(
        " RAM {total} B ({:.1} KiB), {} % of {}, {:+} B since opening",
        total as f64 / 1024.0,
        chip.percent(total),
        chip.name,
        menu.change()
    );
    let (word, color) = match menu.verdict() {
        Verdict::Fits => ("", Color::Green),
        Verdict::Warning(_) => ("  MORE THAN WISHED", Color::Yellow),
        Verdict::TooMuch(_) => ("  TOO MUCH", Color::Red),
    };
    Line::styled(format!("{text}{word}"), theme.paint(color).add_modifier(Modifier::BOLD))
}

fn help(mode: &Mode) -> &'static str {
    match mode {
        Mode::Browse => " space change  +/- step  / search  ? help  R reset  D diff  S save  Q quit",
        Mode::Search { .. } => " type to search  arrows move  Enter take  Esc back",
        Mode::Edit { .. } => " type a value  Enter take  Esc back",
        Mode::Page(_) => " up/down scroll  any other key: back",
        Mode::Leave => " y save and quit  n quit without saving  Esc stay",
        Mode::Done => "",
    }
}

fn leaving(menu: &Menu) -> Page {
    let lines = menu.changes().into_iter().map(|line| (String::new(), line)).collect();
    Page { title: "Save these changes? (y/n, Esc: stay)".to_owned(), lines, scroll: 0, refused: None }
}

fn draw_page(frame: &mut Frame<'_>, page: &Page, theme: Theme, area: Rect) {
    let lines: Vec<Line<'_>> = page
        .lines
        .iter()
        .skip(page.scroll)
        .map(|(title, text)| {
            let title = if title.is_empty() { String::new() } else { format!("{title}: ") };
            Line::from(vec![Span::styled(title, theme.paint(Color::Yellow)), Span::raw(text.as_str())])
        })
        .collect();
    let inside = usize::from(area.width.saturating_sub(6)).max(1);
    let needed: usize = lines.iter().map(|line| line.width().div_ceil(inside).max(1)).sum();
    let height = u16::try_from(needed + 3).unwrap_or(u16::MAX).min(area.height);
    let window = Rect {
        x: area.x + 1,
        y: area.y + (area.height - height) / 2,
        width: area.width.saturating_sub(2),
        height,
    };
    let block = Block::bordered().border_set(BORDER).title(format!(" {} ", page.title));
    let text = Paragraph::new(lines).wrap(Wrap { trim: false }).block(block);
    frame.render_widget(Clear, window);
    frame.render_widget(text, window);
}

/// A text cut to a width.
fn fitted(text: &str, width: u16) -> String {
    let width = usize::from(width);
    let line: String =
        text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { ascii(c) }).collect();
    if line.chars().count() <= width {
        return line;
    }
    let cut: String = line.chars().take(width.saturating_sub(2)).collect();
    format!("{cut}..")
}

/// What stands for a letter that a serial terminal may not have.
fn ascii(c: char) -> char {
    match c {
        '\u{a7}' => 'S',
        '\u{2013}' | '\u{2014}' => '-',
        _ => '?',
    }
}
