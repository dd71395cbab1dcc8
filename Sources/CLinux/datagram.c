#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

_Static_assert(sizeof(stoa_message) == sizeof(struct mmsghdr), "stoa_message is not mmsghdr");
_Static_assert(CMSG_SPACE(sizeof(int)) <= STOA_CONTROL_SIZE, "control buffer too small");

int stoa_send_messages(int fd, stoa_message *messages, unsigned count) {
  int sent = sendmmsg(fd, (struct mmsghdr *)messages, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent < 0 ? -errno : sent;
}

int stoa_receive_messages(int fd, stoa_message *messages, unsigned count) {
  int received = recvmmsg(fd, (struct mmsghdr *)messages, count, MSG_DONTWAIT, NULL);
  return received < 0 ? -errno : received;
}

int stoa_udp_socket(int family, bool dual_stack) {
  int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (family == AF_INET6) {
    int only = !dual_stack;
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  }
  return fd;
}

void stoa_set_buffers(int fd, int receive, int send) {
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive, sizeof receive) != 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive, sizeof receive);
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &send, sizeof send) != 0)
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send, sizeof send);
}

int stoa_receive_buffer(int fd) {
  int size = 0;
  socklen_t length = sizeof size;
  return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &length) != 0 ? -errno : size;
}

bool stoa_has_segmentation(int fd) {
  // A kernel older than 4.18 would send the whole run as one datagram, so ask before using it.
  int size = 0;
  socklen_t length = sizeof size;
  return getsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, &length) == 0;
}

int stoa_enable_coalescing(int fd) {
  int on = 1;
  return setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on) != 0 ? -errno : 0;
}

void stoa_set_segment(stoa_message *message, void *control, uint16_t size) {
  struct msghdr *header = &message->header;
  header->msg_control = control;
  header->msg_controllen = CMSG_SPACE(sizeof size);
  struct cmsghdr *item = CMSG_FIRSTHDR(header);
  item->cmsg_level = SOL_UDP;
  item->cmsg_type = UDP_SEGMENT;
  item->cmsg_len = CMSG_LEN(sizeof size);
  memcpy(CMSG_DATA(item), &size, sizeof size);
}

int stoa_segment_size(stoa_message *message) {
  struct msghdr *header = &message->header;
  for (struct cmsghdr *item = CMSG_FIRSTHDR(header); item; item = CMSG_NXTHDR(header, item)) {
    if (item->cmsg_level != SOL_UDP || item->cmsg_type != UDP_GRO) continue;
    int size = 0;
    memcpy(&size, CMSG_DATA(item), sizeof size);
    return size;
  }
  return 0;
}
