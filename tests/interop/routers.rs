//! Routers that people use: radvd and dnsmasq, on the kernel's end of the link.

use crate::cases::text;
use crate::setting::Setting;
use lwipgen_tests::Failure;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};

/// A running daemon; it ends with this value.
pub struct Daemon {
    child: Child,
    /// Where its settings are.
    settings: String,
    /// Where its own words are.
    said: String,
}

impl Daemon {
    /// Tells routers' word by `radvd` on `tap0`; `settings` are those of the interface, radvd.conf(5).
    pub fn radvd(setting: &Setting, settings: &str) -> Result<Self, Failure> {
        let path = setting.file("radvd.conf");
        fs::write(&path, interface(settings)).map_err(text)?;
        let pid = setting.file("radvd.pid");
        // It does not run while another, of an earlier run, seems to.
        let _ = fs::remove_file(&pid);
        let arguments = ["-n", "-m", "stderr", "-d", "1", "-C", &path, "-p", &pid];
        Self::start("radvd", &arguments, setting, path.clone())
    }

    /// Serves by `dnsmasq` on `tap0`; `settings` are lines of its own, dnsmasq(8).
    pub fn dnsmasq(setting: &Setting, settings: &str) -> Result<Self, Failure> {
        let path = setting.file("dnsmasq.conf");
        // Another user than the only one of this namespace, or a group, it could not become.
        let own = "keep-in-foreground\nuser=root\ngroup=\npid-file=\nlog-facility=-\nlog-dhcp\n\
            port=0\nno-resolv\nno-hosts\nleasefile-ro\ninterface=tap0\nenable-ra\n";
        fs::write(&path, format!("{own}{settings}\n")).map_err(text)?;
        Self::start("dnsmasq", &["-C", &path], setting, path.clone())
    }

    fn start(
        program: &str,
        arguments: &[&str],
        setting: &Setting,
        settings: String,
    ) -> Result<Self, Failure> {
        let said = setting.file(&format!("{program}.log"));
        let log = File::create(&said).map_err(text)?;
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(text)?)
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        Ok(Self { child, settings, said })
    }

    /// Goes on with other settings.
    pub fn change(&self, settings: &str) -> Result<(), Failure> {
        fs::write(&self.settings, interface(settings)).map_err(text)?;
        self.signal(Signal::SIGHUP)
    }

    /// Ends it in the way in which it takes leave.
    pub fn stop(mut self) -> Result<(), Failure> {
        self.signal(Signal::SIGTERM)?;
        self.child.wait().map(|_| ()).map_err(text)
    }

    /// Adds what the daemon said to a failure.
    pub fn with<T>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        let said = || fs::read_to_string(&self.said).unwrap_or_default();
        result.map_err(|failure| format!("{failure}\nthe daemon said\n{}", said()))
    }

    fn signal(&self, signal: Signal) -> Result<(), Failure> {
        kill(Pid::from_raw(self.child.id() as i32), signal).map_err(text)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn interface(settings: &str) -> String {
    format!("interface tap0 {{ AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; {settings} }};\n")
}
