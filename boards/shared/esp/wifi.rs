//! Wi-Fi: a station that joins its network again whenever it lost it, or an access point.

use super::settings::SETTINGS;
use embassy_executor::Spawner;
use embassy_time::Timer;
use esp_hal::peripherals::WIFI;
use esp_println::println;
use esp_radio::wifi::ap::AccessPointConfig;
use esp_radio::wifi::sta::StationConfig;
use esp_radio::wifi::{
    AuthenticationMethodConfig, Config, ControllerConfig, Interface, WifiController, WifiError,
};

/// Seconds between attempts to join the network.
const RETRY_S: u64 = 5;

/// Starts the radio; gives the driver of its frames.
pub fn start(radio: WIFI<'static>, spawner: Spawner) -> Result<Interface, WifiError> {
    let config = ControllerConfig::default().with_initial_config(config()?);
    let controller = WifiController::new(radio, config)?;
    println!("{} {}", if SETTINGS.is_access_point { "access point" } else { "station of" }, SETTINGS.ssid);
    if SETTINGS.is_access_point {
        // Dropped, it would end the network.
        core::mem::forget(controller);
        return Ok(Interface::access_point());
    }
    spawner.spawn(stay_connected(controller).expect("the task is spawned once"));
    Ok(Interface::station())
}

fn config() -> Result<Config, WifiError> {
    let authentication = if SETTINGS.password.is_empty() {
        AuthenticationMethodConfig::Open
    } else {
        AuthenticationMethodConfig::Wpa2Personal(SETTINGS.password.try_into()?)
    };
    Ok(if SETTINGS.is_access_point {
        let config = AccessPointConfig::default().with_ssid(SETTINGS.ssid.try_into()?);
        Config::AccessPoint(config.with_authentication(authentication))
    } else {
        let config = StationConfig::default().with_ssid(SETTINGS.ssid.try_into()?);
        Config::Station(config.with_authentication(authentication))
    })
}

#[embassy_executor::task]
async fn stay_connected(mut controller: WifiController<'static>) {
    loop {
        match controller.connect_async().await {
            Ok(_) => {
                println!("connected to {}", SETTINGS.ssid);
                let _ = controller.wait_for_disconnect_async().await;
                println!("disconnected");
            }
            Err(error) => println!("cannot connect: {error:?}"),
        }
        Timer::after_secs(RETRY_S).await;
    }
}
