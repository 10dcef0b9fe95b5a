//! Questions of ARP to the running kernel.

use std::net::Ipv4Addr;
use std::thread::sleep;
use std::time::Duration;

use tun_rs::{DeviceBuilder, Layer};

use super::namespace::{command, sysctl, within};

/// A node with a wire, of which questions are asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Devices and their addresses; `eth0` is the wire.
    pub addresses: Vec<(&'static str, &'static str)>,
    /// Settings, by their path under `/proc/sys/net/ipv4/conf`.
    pub settings: Vec<(String, u8)>,
    /// Who asks, and for which address.
    pub questions: Vec<(Ipv4Addr, Ipv4Addr)>,
}

const REQUEST: u16 = 1;
const REPLY: u16 = 2;
const ASKER: [u8; 6] = [2, 0, 0, 0, 0, 9];

/// Which of the questions the kernel answers.
///
/// # Errors
/// Says what is missing here.
pub fn answered(asked: &Asked) -> Result<Vec<bool>, String> {
    within(|| {
        let wire = |name: &str| {
            let device = DeviceBuilder::new().name(name).layer(Layer::L2).enable(false).build_sync();
            device.map_err(|error| format!("{name}: {error}"))
        };
        let (eth0, _eth1) = (wire("eth0")?, wire("eth1")?);
        let mut batch = "link set lo up\nlink set eth0 multicast off up\nlink set eth1 multicast off up\n".to_owned();
        for (device, address) in &asked.addresses {
            batch.push_str(&format!("addr add {address} dev {device}\n"));
        }
        command(&["ip", "-batch", "-"], &batch)?;
        for (name, value) in [("all/rp_filter", 0), ("eth0/rp_filter", 0)] {
            sysctl(&format!("net/ipv4/conf/{name}"), &value.to_string())?;
        }
        for (name, value) in &asked.settings {
            sysctl(&format!("net/ipv4/conf/{name}"), &value.to_string())?;
        }
        let told = |error: std::io::Error| format!("eth0: {error}");
        eth0.set_nonblocking(true).map_err(told)?;
        let mut answered = Vec::new();
        for (sender, target) in &asked.questions {
            eth0.send(&question(*sender, *target)).map_err(told)?;
            sleep(Duration::from_millis(2));
            let mut buffer = [0; 2048];
            let mut is_answered = false;
            while let Ok(length) = eth0.recv(&mut buffer) {
                is_answered |= is_answer(&buffer[..length], *target);
            }
            answered.push(is_answered);
        }
        Ok(answered)
    })
}

fn question(sender: Ipv4Addr, target: Ipv4Addr) -> Vec<u8> {
    let mut frame = [&[0xff; 6][..], &ASKER, &[0x08, 0x06], &[0, 1, 8, 0, 6, 4]].concat();
    frame.extend(REQUEST.to_be_bytes());
    frame.extend(ASKER);
    frame.extend(sender.octets());
    frame.extend([0; 6]);
    frame.extend(target.octets());
    frame
}

fn is_answer(frame: &[u8], target: Ipv4Addr) -> bool {
    frame.get(12..14) == Some(&[0x08, 0x06])
        && frame.get(20..22) == Some(&REPLY.to_be_bytes())
        && frame.get(28..32) == Some(&target.octets())
}
