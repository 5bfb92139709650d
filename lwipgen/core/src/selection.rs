//! What a checked profile selects in the template: the features that stay and the numbers of `config.rs`.

use crate::model::Profile;
use crate::options::{Kind, Value};
use crate::profile::{Resolved, Setting};
use std::collections::BTreeSet;

/// The part of a profile that the specialiser sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Name of the profile; the emitted package is `lwip-<name>`.
    pub name: String,
    /// Template features that are on.
    pub features: BTreeSet<String>,
    /// Numbers of `config.rs`, in the model's order.
    pub constants: Vec<Constant>,
    /// Type aliases of `config.rs`, derived from the numbers.
    pub aliases: Vec<Alias>,
}

/// One `pub const` of `config.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant {
    /// Upper-case name, such as `TCP_MSS`.
    pub name: String,
    /// `u8`, `u16`, `u32` or `usize`.
    pub ty: &'static str,
    /// The value, checked to fit `ty`.
    pub value: u64,
    /// Doc comment, one line a string.
    pub doc: String,
}

/// One `pub type` of `config.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Name, such as `BlockIndex`.
    pub name: String,
    /// The unsigned type chosen for it.
    pub ty: &'static str,
    /// Doc comment.
    pub doc: String,
}

impl Resolved {
    /// What the profile selects: options that are on or have a number, of groups that are on.
    #[must_use]
    pub fn selection(&self) -> Selection {
        Selection::of(&self.name, &self.settings, &self.profile)
    }
}

impl Selection {
    /// What the settings of a valid profile select.
    pub(crate) fn of(name: &str, settings: &[Setting], profile: &Profile) -> Self {
        let mut selection = Selection { name: name.to_owned(), ..Selection::default() };
        for setting in settings.iter().filter(|setting| setting.active) {
            selection.features.extend(feature(setting));
            selection.constants.extend(constant(setting));
        }
        selection.aliases = aliases(profile);
        selection
    }
}

fn feature(setting: &Setting) -> Option<String> {
    let mut features = setting.option.features().into_iter();
    match (&setting.option.kind, &setting.value) {
        (Kind::Bool, Value::Bool(true)) => features.next(),
        (Kind::Choice(words), Value::Text(chosen)) => {
            features.nth(words.iter().position(|(word, _)| word == chosen)?)
        }
        _ => None,
    }
}

fn constant(setting: &Setting) -> Option<Constant> {
    let (Kind::Number(number), Value::Number(value)) = (&setting.option.kind, &setting.value) else {
        return None;
    };
    let doc = setting.option.help.clone();
    Some(Constant { name: setting.option.constant(), ty: number.ty, value: u64::try_from(*value).ok()?, doc })
}

fn aliases(profile: &Profile) -> Vec<Alias> {
    let index = Alias {
        name: "BlockIndex".to_owned(),
        // Blocks count from 1, and one number beyond them must fit.
        ty: if profile.pbuf.pool_size.get() <= 254 { "u8" } else { "u16" },
        doc: "Number of a block in the pool.".to_owned(),
    };
    let window = Alias {
        name: "WindowSize".to_owned(),
        ty: if profile.tcp.wnd.max(profile.tcp.snd_buf).get() <= 0xffff { "u16" } else { "u32" },
        doc: "Bytes of a window or of a send queue.".to_owned(),
    };
    if profile.tcp.enabled { vec![index, window] } else { vec![index] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::options;

    fn select(text: &str) -> Selection {
        Resolved::from_text("test", text, &[]).unwrap().selection()
    }

    #[test]
    fn the_features_of_the_model_are_those_of_the_template() {
        let template = crate::template::Template::stack();
        let mut ours: BTreeSet<String> = options().all.iter().flat_map(|option| option.features()).collect();
        ours.extend(template.implications().unwrap().implied());
        assert_eq!(ours, template.features().unwrap());
    }

    #[test]
    fn a_group_that_is_off_selects_nothing() {
        let selection = select("tcp = false\narp = false");
        assert!(!selection.features.iter().any(|feature| feature.contains("tcp") || feature.contains("arp")));
        assert!(
            !selection.constants.iter().any(|c| c.name.starts_with("TCP_") || c.name.starts_with("ARP_"))
        );
        assert!(!selection.aliases.iter().any(|alias| alias.name == "WindowSize"));
        assert!(selection.features.contains("checksum-gen-udp"));
    }

    #[test]
    fn an_option_whose_switch_is_off_selects_nothing() {
        let has =
            |text: &str, name: &str| select(text).constants.iter().any(|constant| constant.name == name);
        assert!(has("", "TCP_OOSEQ_RANGES"));
        assert!(!has("tcp.ooseq = false", "TCP_OOSEQ_RANGES"));
        assert!(!has("", "TCP_WND_SHIFT"));
        assert!(has("tcp.wnd_scale = true", "TCP_WND_SHIFT"));
    }

    #[test]
    fn numbers_have_the_type_of_the_model() {
        let selection = select("memory = \"heap\"");
        let constant = |name| selection.constants.iter().find(|c| c.name == name).map(|c| (c.ty, c.value));
        assert_eq!(constant("TCP_WND"), Some(("usize", 5760)));
        assert_eq!(constant("TCP_MSS"), Some(("u16", 1440)));
        assert_eq!(constant("IPV4_TTL"), Some(("u8", 64)));
        assert!(selection.features.contains("memory-heap") && !selection.features.contains("memory-static"));
    }

    #[test]
    fn aliases_are_as_small_as_the_numbers_allow() {
        let alias =
            |text: &str, name: &str| select(text).aliases.iter().find(|a| a.name == name).map(|a| a.ty);
        assert_eq!(alias("pbuf.pool_size = 254", "BlockIndex"), Some("u8"));
        assert_eq!(alias("pbuf.pool_size = 255", "BlockIndex"), Some("u16"));
        let windows =
            |wnd: u32| format!("pbuf.pool_size = 255\n[tcp]\nwnd_scale = true\nwnd_shift = 1\nwnd = {wnd}");
        assert_eq!(alias(&windows(65_535), "WindowSize"), Some("u16"));
        assert_eq!(alias(&windows(65_536), "WindowSize"), Some("u32"));
    }
}
