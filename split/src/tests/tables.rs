//! What compilers make of tables: the linker writes addresses for it that are not in the table that is meant.

#![no_std]

static SQUARES: [u32; 10] = [0, 1, 4, 9, 16, 25, 36, 49, 64, 81];
static PRIMES: [u32; 10] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];
static NAMES: [&str; 3] = ["iptables-restore", "nft -f", "ipvsadm --restore"];
static NUMBERS: [u32; 10] = [31, 41, 59, 26, 53, 58, 97, 93, 23, 84];
static ACTIONS: [fn(u32) -> u32; 2] = [u32::count_ones, u32::leading_zeros];

/// Named by its end.
#[unsafe(no_mangle)]
pub extern "C" fn counted_down(number: usize) -> u32 {
    unsafe { *SQUARES.as_ptr().wrapping_add(SQUARES.len()).wrapping_sub(number % 10 + 1) }
}

/// Named by what is far before it, for numbers from 1000 on.
#[unsafe(no_mangle)]
pub extern "C" fn from_a_number_on(number: usize) -> u32 {
    unsafe { *PRIMES.as_ptr().wrapping_add(number).wrapping_sub(1000) }
}

/// Led to by another table.
#[unsafe(no_mangle)]
pub extern "C" fn led(number: usize) -> u32 {
    NAMES[number % 3].bytes().map(u32::from).sum()
}

/// Named by where it is.
#[unsafe(no_mangle)]
pub extern "C" fn straight(number: usize) -> u32 {
    NUMBERS[number % 10]
}

#[link(wasm_import_module = "page")]
unsafe extern "C" {
    safe fn tick(number: u32) -> u32;
}

#[unsafe(no_mangle)]
pub extern "C" fn called(number: usize) -> u32 {
    ACTIONS[number % 2](tick(number as u32))
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
