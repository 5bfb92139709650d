//! The profiles that come with the tool, so that an installed binary needs no checkout.

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../profiles/", $name, ".toml")))),*]
    };
}

/// Name and text of each shipped profile, simplest first.
pub const SHIPPED: &[(&str, &str)] = shipped![
    "minimal-v4",
    "udp-beacon",
    "iot-sensor",
    "ipv6-only",
    "dual-stack",
    "wifi-station",
    "throughput",
    "full"
];

/// Name and text of the shipped profile of this name.
#[must_use]
pub fn find(name: &str) -> Option<(&'static str, &'static str)> {
    SHIPPED.iter().copied().find(|(shipped, _)| *shipped == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_shipped() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".toml").map(str::to_owned))
            .collect();
        let mut names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        files.sort_unstable();
        names.sort_unstable();
        assert_eq!(names, files);
    }
}
