//! Wi-Fi of Espressif's chips: a station that joins its network again whenever it lost it, or an access point.
//!
//! Told by the environment when the program is built: `SSID=… PASSWORD=… WIFI=station cargo run --release`.

use embassy_executor::Spawner;
use embassy_time::Timer;
use esp_hal::peripherals::WIFI;
use esp_println::println;
use esp_radio::wifi::ap::AccessPointConfig;
use esp_radio::wifi::sta::StationConfig;
use esp_radio::wifi::{
    AuthenticationMethodConfig, Config, ControllerConfig, Interface, WifiController, WifiError,
};

/// Name of the network that a station joins or an access point makes.
const SSID: &str = env!("SSID");
/// Its password (WPA2); empty for an open network.
const PASSWORD: &str = env!("PASSWORD");
/// Whether this is the access point: a constant, so that the other mode gives no code.
const IS_ACCESS_POINT: bool = match env!("WIFI").as_bytes() {
    b"access-point" => true,
    b"station" => false,
    _ => panic!("WIFI must be `station` or `access-point`"),
};

/// Seconds between attempts to join the network.
const RETRY_S: u64 = 5;

/// Bytes of heap for the radio: first those that only the boot loader used, then more.
const RECLAIMED_HEAP: usize = 64 * 1024;
const MORE_HEAP: usize = 36 * 1024;

/// Makes the heap that the radio needs. To be called once, before all else.
pub fn make_heap() {
    esp_alloc::heap_allocator!(#[esp_hal::ram(reclaimed)] size: RECLAIMED_HEAP);
    esp_alloc::heap_allocator!(size: MORE_HEAP);
}

/// Starts the radio; gives the driver of its frames.
pub fn start(radio: WIFI<'static>, spawner: Spawner) -> Result<Interface, WifiError> {
    let config = ControllerConfig::default().with_initial_config(config()?);
    let controller = WifiController::new(radio, config)?;
    println!("{} {SSID}", if IS_ACCESS_POINT { "access point" } else { "station of" });
    if IS_ACCESS_POINT {
        // Dropped, it would end the network.
        core::mem::forget(controller);
        return Ok(Interface::access_point());
    }
    spawner.spawn(stay_connected(controller).expect("the task is spawned once"));
    Ok(Interface::station())
}

fn config() -> Result<Config, WifiError> {
    let authentication = if PASSWORD.is_empty() {
        AuthenticationMethodConfig::Open
    } else {
        AuthenticationMethodConfig::Wpa2Personal(PASSWORD.try_into()?)
    };
    Ok(if IS_ACCESS_POINT {
        let config = AccessPointConfig::default().with_ssid(SSID.try_into()?);
        Config::AccessPoint(config.with_authentication(authentication))
    } else {
        let config = StationConfig::default().with_ssid(SSID.try_into()?);
        Config::Station(config.with_authentication(authentication))
    })
}

#[embassy_executor::task]
async fn stay_connected(mut controller: WifiController<'static>) {
    loop {
        match controller.connect_async().await {
            Ok(_) => {
                println!("connected to {SSID}");
                let _ = controller.wait_for_disconnect_async().await;
                println!("disconnected");
            }
            Err(error) => println!("cannot connect: {error:?}"),
        }
        Timer::after_secs(RETRY_S).await;
    }
}
