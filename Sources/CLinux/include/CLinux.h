/// The Linux calls that Swift's Glibc module does not show, because they hide behind _GNU_SOURCE
/// or are macros. Every function that can fail returns `-errno`, so no caller reads `errno`.
///
/// Headers of the kernel's protocols (<netinet/udp.h>) stay out of this file: their structs clash
/// with the copies inside SwiftNIO's C modules.
#pragma once
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

// MARK: Datagrams (datagram.c)

/// Laid out as `struct mmsghdr`.
typedef struct {
  struct msghdr header;
  unsigned int length;
} stoa_message;

/// Room for the one control message a datagram carries: CMSG_SPACE of an int.
#define STOA_CONTROL_SIZE 32

int stoa_send_messages(int fd, stoa_message *messages, unsigned count);
int stoa_receive_messages(int fd, stoa_message *messages, unsigned count);

/// A non-blocking datagram socket; `dual_stack` lets an IPv6 socket carry IPv4 as mapped addresses.
int stoa_udp_socket(int family, bool dual_stack);
/// Asks for kernel buffers past the system's limit, then, without the privilege, up to it.
void stoa_set_buffers(int fd, int receive, int send);
/// The size the kernel gave, in bytes.
int stoa_receive_buffer(int fd);
bool stoa_has_segmentation(int fd);
int stoa_enable_coalescing(int fd);

/// Makes one message a run of equal datagrams (UDP_SEGMENT); `control` is STOA_CONTROL_SIZE bytes.
void stoa_set_segment(stoa_message *message, void *control, uint16_t size);
/// The size of the datagrams that a coalesced message holds (UDP_GRO), 0 if it is a single one.
int stoa_segment_size(stoa_message *message);

// MARK: Addresses (address.c). `high` and `low` are the halves of the IPv6 or mapped address.

socklen_t stoa_encode_address(
  struct sockaddr_in6 *out, int family, uint64_t high, uint64_t low, uint16_t port);
/// False for families other than AF_INET and AF_INET6.
bool stoa_decode_address(
  const struct sockaddr_in6 *address, uint64_t *high, uint64_t *low, uint16_t *port);
bool stoa_parse_host(const char *text, uint64_t *high, uint64_t *low);
/// `out` has at least 46 bytes.
void stoa_format_host(uint64_t high, uint64_t low, char *out);
int stoa_local_address(int fd, uint64_t *high, uint64_t *low, uint16_t *port);

typedef struct {
  uint64_t high, low;
  bool is_loopback;
} stoa_interface;
/// Fills in the usable addresses (up, no link-local) of this host; the count, or `-errno`.
int stoa_interfaces(stoa_interface *out, int capacity);

// MARK: TCP and Unix stream sockets (stream.c)

int stoa_tcp_listener(
  int family, bool dual_stack, uint64_t high, uint64_t low, uint16_t port, int backlog);
/// A non-blocking connection without Nagle's delay, or `-errno`. The kernel takes at most
/// `unsent_limit` bytes ahead of what the network takes, so that waiting happens where we see it.
int stoa_accept(
  int listener, int unsent_limit, uint64_t *high, uint64_t *low, uint16_t *port);
ssize_t stoa_read(int fd, void *buffer, size_t count);
/// Never raises SIGPIPE.
ssize_t stoa_send(int fd, const void *buffer, size_t count);
int stoa_set_nonblocking(int fd);
int stoa_bind(int fd, int family, uint64_t high, uint64_t low, uint16_t port);

// MARK: Waiting (wait.c)

/// Waits with nanosecond resolution; a negative timeout waits for ever.
int stoa_poll(struct pollfd *descriptors, unsigned count, int64_t nanoseconds);
int stoa_event_create(void);
void stoa_event_signal(int fd);
void stoa_event_clear(int fd);

typedef struct {
  int32_t fd;
  bool readable, writable, failed;
} stoa_ready;
int stoa_epoll_create(void);
int stoa_epoll_add(int epoll, int fd, bool readable, bool writable);
int stoa_epoll_change(int epoll, int fd, bool readable, bool writable);
int stoa_epoll_remove(int epoll, int fd);
/// Does not block; at most 64 descriptors at a time.
int stoa_epoll_ready(int epoll, stoa_ready *out, int capacity);

/// Timers of the calling thread fire within a microsecond of their time instead of 50.
void stoa_set_precise_timers(void);
/// At most 15 characters.
void stoa_name_thread(const char *name);
int64_t stoa_monotonic_nanoseconds(void);
int64_t stoa_unix_nanoseconds(void);
int64_t stoa_thread_cpu_nanoseconds(void);
/// 1 if something keeps the wall clock right, 0 if nothing does, `-errno` if the kernel does not say.
int stoa_clock_is_synchronised(void);

// MARK: Processes (process.c)

/// A connected pair of Unix stream sockets, close-on-exec.
int stoa_socket_pair(int descriptors[2]);
int stoa_pipe(int descriptors[2]);
/// Starts `path` with `control` as descriptor 3, `errors` as stdout and stderr, and nothing else
/// open, in a process group of its own, with default signal handling. The process id, or `-errno`.
/// The environment is ours, but Swift's crash reporter is off: it takes seconds, and a successor
/// waits for the port.
int stoa_spawn(const char *path, char *const arguments[], int control, int errors);
/// A descriptor that becomes readable when the process ends.
int stoa_process_descriptor(int pid);
/// True once the process has ended and was reaped. `signal` is what killed it, else `status` is
/// what it returned.
bool stoa_reap(int pid, int *status, int *signal);
int stoa_kill(int pid);
/// Ends this process at once, without running exit handlers.
_Noreturn void stoa_exit(int status);
