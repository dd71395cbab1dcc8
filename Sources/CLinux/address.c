#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

static const uint64_t mapped = 0xFFFF00000000;  // RFC 4291 §2.5.5.2

static void load_halves(const struct in6_addr *address, uint64_t *high, uint64_t *low) {
  uint64_t halves[2];
  memcpy(halves, address, sizeof halves);
  *high = be64toh(halves[0]);
  *low = be64toh(halves[1]);
}

static void store_halves(struct in6_addr *address, uint64_t high, uint64_t low) {
  uint64_t halves[2] = {htobe64(high), htobe64(low)};
  memcpy(address, halves, sizeof halves);
}

socklen_t stoa_encode_address(
  struct sockaddr_in6 *out, int family, uint64_t high, uint64_t low, uint16_t port) {
  memset(out, 0, sizeof *out);
  if (family == AF_INET) {
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)out;
    ipv4->sin_family = AF_INET;
    ipv4->sin_port = htons(port);
    ipv4->sin_addr.s_addr = htonl((uint32_t)low);
    return sizeof *ipv4;
  }
  out->sin6_family = AF_INET6;
  out->sin6_port = htons(port);
  store_halves(&out->sin6_addr, high, low);
  return sizeof *out;
}

bool stoa_decode_address(
  const struct sockaddr_in6 *address, uint64_t *high, uint64_t *low, uint16_t *port) {
  if (address->sin6_family == AF_INET) {
    const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)address;
    *high = 0;
    *low = mapped | ntohl(ipv4->sin_addr.s_addr);
    *port = ntohs(ipv4->sin_port);
    return true;
  }
  if (address->sin6_family != AF_INET6) return false;
  load_halves(&address->sin6_addr, high, low);
  *port = ntohs(address->sin6_port);
  return true;
}

bool stoa_parse_host(const char *text, uint64_t *high, uint64_t *low) {
  struct in_addr ipv4;
  if (inet_pton(AF_INET, text, &ipv4) == 1) {
    *high = 0;
    *low = mapped | ntohl(ipv4.s_addr);
    return true;
  }
  struct in6_addr ipv6;
  if (inet_pton(AF_INET6, text, &ipv6) != 1) return false;
  load_halves(&ipv6, high, low);
  return true;
}

void stoa_format_host(uint64_t high, uint64_t low, char *out) {
  if (high == 0 && low >> 32 == 0xFFFF) {
    struct in_addr ipv4 = {htonl((uint32_t)low)};
    inet_ntop(AF_INET, &ipv4, out, INET6_ADDRSTRLEN);
    return;
  }
  struct in6_addr ipv6;
  store_halves(&ipv6, high, low);
  inet_ntop(AF_INET6, &ipv6, out, INET6_ADDRSTRLEN);
}

int stoa_local_address(int fd, uint64_t *high, uint64_t *low, uint16_t *port) {
  struct sockaddr_in6 address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) return -errno;
  return stoa_decode_address(&address, high, low, port) ? 0 : -EAFNOSUPPORT;
}

int stoa_interfaces(stoa_interface *out, int capacity) {
  struct ifaddrs *list = NULL;
  if (getifaddrs(&list) != 0) return -errno;
  int count = 0;
  for (struct ifaddrs *item = list; item && count < capacity; item = item->ifa_next) {
    if (!item->ifa_addr || !(item->ifa_flags & IFF_UP)) continue;
    struct sockaddr_in6 address;
    memset(&address, 0, sizeof address);
    if (item->ifa_addr->sa_family == AF_INET) {
      memcpy(&address, item->ifa_addr, sizeof(struct sockaddr_in));
    } else if (item->ifa_addr->sa_family == AF_INET6) {
      memcpy(&address, item->ifa_addr, sizeof(struct sockaddr_in6));
      // A link-local address means nothing without the interface it belongs to.
      if (IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr)) continue;
    } else {
      continue;
    }
    uint16_t port;
    if (!stoa_decode_address(&address, &out[count].high, &out[count].low, &port)) continue;
    out[count].is_loopback = (item->ifa_flags & IFF_LOOPBACK) != 0;
    count += 1;
  }
  freeifaddrs(list);
  return count;
}
