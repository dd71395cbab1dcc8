#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int64_t read_clock(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t stoa_monotonic_nanoseconds(void) { return read_clock(CLOCK_MONOTONIC); }
int64_t stoa_unix_nanoseconds(void) { return read_clock(CLOCK_REALTIME); }
int64_t stoa_thread_cpu_nanoseconds(void) { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

int stoa_poll(struct pollfd *descriptors, unsigned count, int64_t nanoseconds) {
  struct timespec timeout = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  int ready = ppoll(descriptors, count, nanoseconds < 0 ? NULL : &timeout, NULL);
  return ready < 0 ? -errno : ready;
}

int stoa_event_create(void) {
  int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

void stoa_event_signal(int fd) { eventfd_write(fd, 1); }

void stoa_event_clear(int fd) {
  eventfd_t value;
  eventfd_read(fd, &value);
}

int stoa_epoll_create(void) {
  int fd = epoll_create1(EPOLL_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

static int control(int epoll, int operation, int fd, bool readable, bool writable) {
  struct epoll_event event = {.data.fd = fd};
  event.events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);
  return epoll_ctl(epoll, operation, fd, &event) != 0 ? -errno : 0;
}

int stoa_epoll_add(int epoll, int fd, bool readable, bool writable) {
  return control(epoll, EPOLL_CTL_ADD, fd, readable, writable);
}

int stoa_epoll_change(int epoll, int fd, bool readable, bool writable) {
  return control(epoll, EPOLL_CTL_MOD, fd, readable, writable);
}

int stoa_epoll_remove(int epoll, int fd) {
  return control(epoll, EPOLL_CTL_DEL, fd, false, false);
}

int stoa_epoll_ready(int epoll, stoa_ready *out, int capacity) {
  struct epoll_event events[64];
  int count = epoll_wait(epoll, events, capacity < 64 ? capacity : 64, 0);
  if (count < 0) return -errno;
  for (int index = 0; index < count; index++) {
    uint32_t mask = events[index].events;
    out[index].fd = events[index].data.fd;
    out[index].readable = mask & EPOLLIN;
    out[index].writable = mask & EPOLLOUT;
    out[index].failed = mask & (EPOLLERR | EPOLLHUP);
  }
  return count;
}

void stoa_set_precise_timers(void) { prctl(PR_SET_TIMERSLACK, 1000); }
void stoa_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

int stoa_clock_is_synchronised(void) {
  struct timex state = {0};
  int result = adjtimex(&state);
  return result < 0 ? -errno : result != TIME_ERROR && !(state.status & STA_UNSYNC);
}
