//! Where generated crates and build products go.

use std::env;
use std::path::{Component, Path, PathBuf};

use crate::toolchain::Toolchain;

/// The directories of one run.
pub struct Places {
    /// The checkout of this project, or else the current directory.
    base: PathBuf,
    in_checkout: bool,
    /// Where crates of profiles go, if not where users look for them.
    scratch: Option<PathBuf>,
}

impl Places {
    /// Looks for a checkout around the current directory.
    pub fn find() -> Self {
        let current = env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        let is_checkout = |directory: &&Path| {
            ["stack-template", "lwipgen/core"].iter().all(|part| directory.join(part).is_dir())
        };
        match current.ancestors().find(is_checkout) {
            Some(root) => Places { base: root.to_owned(), in_checkout: true, scratch: None },
            None => Places { base: current, in_checkout: false, scratch: None },
        }
    }

    /// The same, with crates and programs among the build products in a folder of this name.
    pub fn scratch(&self, name: &str) -> Self {
        let scratch = Some(self.target().join(name));
        Places { base: self.base.clone(), in_checkout: self.in_checkout, scratch }
    }

    /// The checkout of this project, or else the current directory.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The crate of a profile.
    pub fn generated(&self, profile: &str) -> PathBuf {
        let home = self.scratch.clone().unwrap_or_else(|| self.base.join("generated"));
        home.join(profile)
    }

    /// The program of a board over the crate of a profile.
    pub fn board(&self, board: &str, profile: &str) -> PathBuf {
        if let Some(scratch) = &self.scratch {
            scratch.join(format!("{profile}-{board}"))
        } else if self.in_checkout {
            self.target().join("boards").join(format!("{board}-{profile}"))
        } else {
            self.generated(&format!("{profile}-{board}"))
        }
    }

    /// What cargo builds, shared by all crates.
    pub fn target(&self) -> PathBuf {
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
        self.base.join(target).join("lwipgen")
    }

    /// What a tool-chain builds.
    pub fn products(&self, toolchain: &Toolchain) -> PathBuf {
        toolchain.folder.map_or_else(|| self.target(), |folder| self.target().join(folder))
    }
}

/// How the profile at `path` names another one: shipped ones by name, files by the way from its folder.
pub fn base_from(base: &str, path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (Path::new(base).canonicalize(), folder.canonicalize()) {
        (Ok(file), Ok(folder)) if file.is_file() => relative(&folder, &file),
        _ => base.to_owned(),
    }
}

/// The path that leads from `directory` to `to`; both absolute.
pub fn relative(directory: &Path, to: &Path) -> String {
    let from: Vec<Component<'_>> = directory.components().collect();
    let to: Vec<Component<'_>> = to.components().collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| "..".to_owned());
    let down = to[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths() {
        for (from, to, expected) in
            [("/a/b/c", "/a/d", "../../d"), ("/a", "/a/b", "b"), ("/a/b", "/c", "../../c")]
        {
            assert_eq!(relative(Path::new(from), Path::new(to)), expected);
        }
    }
}
