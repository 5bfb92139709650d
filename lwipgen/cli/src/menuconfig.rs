//! `lwipgen menuconfig`: the menu on a terminal. What it does is in `lwipgen_core::menu`, how it looks in `draw`.

mod draw;

use std::io::IsTerminal;

use lwipgen_core::budget::{Chip, Pricer};
use lwipgen_core::edit::ProfileFile;
use lwipgen_core::layout::Target;
use lwipgen_core::menu::{Key, Menu, MenuError, Mode};
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::{Refused, profiles, refuse};
use draw::{Theme, draw};

/// Change a profile in a menu that always shows what RAM it takes
#[derive(clap::Args)]
pub struct Args {
    /// Path of a profile
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// The chip whose share of RAM is shown [default: the profile's, or esp32c6]
    #[arg(long, value_parser = crate::new::chip)]
    chip: Option<&'static Chip>,
}

/// Runs the menu until it is left.
pub fn run(args: Args) -> Result<(), Refused> {
    let file = ProfileFile::open(&args.profile).map_err(|message| refuse(&message))?;
    let menu = Menu::open(file, args.chip, Pricer::new(Target::RISCV32)).map_err(|error| match error {
        MenuError::Profile(errors) => {
            profiles::report(&errors);
            Refused
        }
        MenuError::Template(error) => refuse(&error),
    })?;
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(refuse(&"menuconfig needs a terminal; `lwipgen set` and `lwipgen get` do not"));
    }
    let mut terminal = ratatui::try_init().map_err(|error| refuse(&error))?;
    let ran = interact(&mut terminal, menu);
    ratatui::restore();
    ran.map_err(|error| refuse(&error))
}

fn interact(terminal: &mut ratatui::DefaultTerminal, mut menu: Menu) -> std::io::Result<()> {
    let theme = Theme::of_environment();
    while *menu.mode() != Mode::Done {
        terminal.draw(|frame| draw(frame, &menu, theme))?;
        if let Event::Key(event) = event::read()?
            && let Some(key) = key(event)
        {
            menu.key(key);
        }
    }
    Ok(())
}

/// The menu's name of a key; Ctrl-C asks to leave.
fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    Some(match event.code {
        KeyCode::Char('c') if control => Key::Char('q'),
        KeyCode::Char(_) if control => return None,
        KeyCode::Char(letter) => Key::Char(letter),
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace => Key::Backspace,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
