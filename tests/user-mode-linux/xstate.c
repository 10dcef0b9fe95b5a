// Preloaded into user-mode-linux: its ptrace calls for the extended registers (PTRACE_GETREGSET and PTRACE_SETREGSET
// with NT_X86_XSTATE) fail where these are larger than its buffer, as with AMX. Here they get a larger one; what user-mode-linux
// has no room for is read from the process again before the rest is written.
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ROOM = 1 << 16 };

static long widened(long request, long pid, struct iovec *caller) {
  static __thread char registers[ROOM];
  struct iovec wide = {registers, ROOM};
  long result = syscall(SYS_ptrace, PTRACE_GETREGSET, pid, NT_X86_XSTATE, &wide);
  if (result < 0)
    return result;
  size_t shared = caller->iov_len < wide.iov_len ? caller->iov_len : wide.iov_len;
  if (request == PTRACE_SETREGSET) {
    memcpy(registers, caller->iov_base, shared);
    return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, &wide);
  }
  memcpy(caller->iov_base, registers, shared);
  caller->iov_len = shared;
  return result;
}

long ptrace(enum __ptrace_request request, ...) {
  va_list arguments;
  va_start(arguments, request);
  long pid = va_arg(arguments, long), address = va_arg(arguments, long), data = va_arg(arguments, long);
  va_end(arguments);
  if ((request == PTRACE_GETREGSET || request == PTRACE_SETREGSET) && address == NT_X86_XSTATE)
    return widened(request, pid, (struct iovec *)data);
  // The library's ptrace returns what the system call would store.
  if (request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER) {
    long word;
    long result = syscall(SYS_ptrace, request, pid, address, &word);
    if (result < 0)
      return result;
    errno = 0;
    return word;
  }
  return syscall(SYS_ptrace, request, pid, address, data);
}
