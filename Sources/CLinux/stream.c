#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <unistd.h>

int stoa_bind(int fd, int family, uint64_t high, uint64_t low, uint16_t port) {
  struct sockaddr_in6 address;
  socklen_t length = stoa_encode_address(&address, family, high, low, port);
  return bind(fd, (struct sockaddr *)&address, length) != 0 ? -errno : 0;
}

int stoa_tcp_listener(
  int family, bool dual_stack, uint64_t high, uint64_t low, uint16_t port, int backlog) {
  int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  int on = 1, only = !dual_stack;
  // Connections of a predecessor that are still in TIME_WAIT must not keep the port from us.
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  int result = stoa_bind(fd, family, high, low, port);
  if (result == 0 && listen(fd, backlog) != 0) result = -errno;
  if (result == 0) return fd;
  close(fd);
  return result;
}

int stoa_accept(
  int listener, int unsent_limit, uint64_t *high, uint64_t *low, uint16_t *port) {
  struct sockaddr_in6 address;
  socklen_t length = sizeof address;
  int fd = accept4(listener, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return -errno;
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_limit, sizeof unsent_limit);
  if (stoa_decode_address(&address, high, low, port)) return fd;
  close(fd);
  return -ECONNABORTED;
}

ssize_t stoa_read(int fd, void *buffer, size_t count) {
  ssize_t length = read(fd, buffer, count);
  return length < 0 ? -errno : length;
}

ssize_t stoa_send(int fd, const void *buffer, size_t count) {
  ssize_t length = send(fd, buffer, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  return length < 0 ? -errno : length;
}

int stoa_set_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return -errno;
  return 0;
}
