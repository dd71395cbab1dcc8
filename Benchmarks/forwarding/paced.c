// Sends RTP packets of 1200 bytes to 127.0.0.1, evenly spaced or in bursts, until it is ended.
// usage: paced PORT PACKETS_PER_SECOND BURST
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

int main(int count, char **arguments) {
  if (count != 4) return 2;
  double rate = atof(arguments[2]);
  long burst = atol(arguments[3]);
  int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)atoi(arguments[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  uint8_t packet[1200] = {0x80, 96};
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  // A new SSRC for each run: an old one with older sequence numbers would be taken for a replay.
  uint32_t ssrc = htonl((uint32_t)(now.tv_nsec ^ (now.tv_sec << 8)));
  __builtin_memcpy(packet + 8, &ssrc, 4);
  packet[12] = 0x10;  // VP8 descriptor: start of a partition
  double start = (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
  for (long i = 0;; i++) {
    long frame = i / 4;
    uint16_t sequence = htons((uint16_t)i);
    uint32_t timestamp = htonl((uint32_t)(frame * (long)(4 * 90000 / rate)));
    packet[1] = 96 | (i % 4 == 3 ? 0x80 : 0);
    __builtin_memcpy(packet + 2, &sequence, 2);
    __builtin_memcpy(packet + 4, &timestamp, 4);
    packet[13] = frame % 128 == 0 ? 0 : 1;  // a key frame now and then
    sendto(descriptor, packet, sizeof packet, 0, (struct sockaddr *)&address, sizeof address);
    if ((i + 1) % burst) continue;
    double due = start + (double)(i + 1) / rate;
    struct timespec until = {(time_t)due, (long)((due - (double)(time_t)due) * 1e9)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
  }
}
