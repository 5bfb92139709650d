//! The services of boards/esp32c6 over embassy-net: four TCP connections at most, windows of four segments, UDP echo.

use super::Frames;
use super::settings::SETTINGS;
use embassy_executor::Spawner;
use embassy_net::tcp::TcpSocket;
use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{Ipv4Cidr, Runner, Stack, StackResources, StaticConfigV4};
use esp_println::println;
use static_cell::StaticCell;

/// Bytes of a window: four segments.
const WINDOW: usize = 4 * 1460;

static RESOURCES: StaticCell<StackResources<6>> = StaticCell::new();

/// Serves for ever over `driver`.
pub async fn serve_over(driver: Frames, seed: [u8; 16], spawner: Spawner) -> ! {
    let mut config = embassy_net::Config::default();
    if let Some((address, prefix_len, gateway)) = SETTINGS.ipv4() {
        let address = Ipv4Cidr::new(address, prefix_len);
        config.ipv4 = embassy_net::ConfigV4::Static(StaticConfigV4 {
            address,
            gateway,
            dns_servers: Default::default(),
        });
        println!("{address}");
    }
    config.ipv6 = embassy_net::ConfigV6::Slaac;
    let [a, b, c, d, e, f, g, h, ..] = seed;
    let seed = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let (stack, runner) = embassy_net::new(driver, config, RESOURCES.init(StackResources::new()), seed);
    spawner.spawn(drive(runner).expect("a task"));
    for (service, port) in
        [(Service::Echo, 7), (Service::Echo, 7), (Service::Discard, 9), (Service::Chargen, 19)]
    {
        spawner.spawn(serve(stack, service, port).expect("a task"));
    }
    let (mut rx, mut tx) = ([0; 4096], [0; 4096]);
    let (mut rx_meta, mut tx_meta) = ([PacketMetadata::EMPTY; 4], [PacketMetadata::EMPTY; 4]);
    let mut socket = UdpSocket::new(stack, &mut rx_meta, &mut rx, &mut tx_meta, &mut tx);
    socket.bind(7).expect("the port is free");
    let mut datagram = [0; 1500];
    loop {
        if let Ok((len, from)) = socket.recv_from(&mut datagram).await {
            let _ = socket.send_to(&datagram[..len], from).await;
        }
    }
}

#[embassy_executor::task]
async fn drive(mut runner: Runner<'static, Frames>) {
    runner.run().await
}

#[derive(Clone, Copy)]
enum Service {
    Echo,
    Discard,
    Chargen,
}

#[embassy_executor::task(pool_size = 4)]
async fn serve(stack: Stack<'static>, service: Service, port: u16) {
    let (mut rx, mut tx) = ([0; WINDOW], [0; WINDOW]);
    loop {
        let mut socket = TcpSocket::new(stack, &mut rx, &mut tx);
        if socket.accept(port).await.is_err() {
            continue;
        }
        let mut bytes = [0; 512];
        let mut at = 0_u32;
        loop {
            let done = match service {
                Service::Echo | Service::Discard => match socket.read(&mut bytes).await {
                    Ok(0) | Err(_) => true,
                    Ok(_) if matches!(service, Service::Discard) => false,
                    Ok(len) => write(&mut socket, &bytes[..len]).await.is_err(),
                },
                Service::Chargen => {
                    for byte in &mut bytes {
                        *byte = b' ' + (at % 95) as u8;
                        at = at.wrapping_add(1);
                    }
                    write(&mut socket, &bytes).await.is_err()
                }
            };
            if done {
                break;
            }
        }
        socket.close();
        let _ = socket.flush().await;
    }
}

async fn write(socket: &mut TcpSocket<'_>, mut bytes: &[u8]) -> Result<(), ()> {
    while !bytes.is_empty() {
        let len = socket.write(bytes).await.map_err(|_| ())?;
        bytes = bytes.get(len..).ok_or(())?;
    }
    Ok(())
}
