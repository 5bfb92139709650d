//! Wi-Fi and nothing on it: frames are taken from the radio and forgotten.
#![no_std]
#![no_main]

#[path = "../../../../../boards/shared/esp/settings.rs"]
mod settings;
#[path = "../start.rs"]
mod start;
#[path = "../../../../../boards/shared/esp/wifi.rs"]
mod wifi;

use core::future::poll_fn;
use core::task::Poll;
use embassy_executor::Spawner;
use embassy_net_driver::{Driver, RxToken, TxToken};
use esp_backtrace as _;
use esp_println::println;

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    let (mut radio, seed) = start::start(spawner);
    println!("{:?} {seed:?}", settings::SETTINGS.ipv4());
    let mut bytes = 0;
    poll_fn(|cx| {
        while let Some((token, _)) = Driver::receive(&mut radio, cx) {
            bytes += token.consume(|frame| frame.len());
        }
        // So that sending is part of the program.
        if bytes > 1_000_000
            && let Some(token) = Driver::transmit(&mut radio, cx)
        {
            token.consume(60, |frame| frame.fill(0xff));
            bytes = 0;
        }
        Poll::<()>::Pending
    })
    .await;
    unreachable!()
}
