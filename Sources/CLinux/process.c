#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int stoa_socket_pair(int descriptors[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, descriptors) != 0 ? -errno : 0;
}

int stoa_pipe(int descriptors[2]) { return pipe2(descriptors, O_CLOEXEC) != 0 ? -errno : 0; }

static const char crash_reporter[] = "SWIFT_BACKTRACE=";

/// Our environment with Swift's crash reporter turned off; `NULL` without memory.
static char **child_environment(void) {
  size_t count = 0;
  while (environ[count]) count++;
  char **copy = calloc(count + 2, sizeof *copy);
  if (!copy) return NULL;
  size_t kept = 0;
  for (size_t index = 0; index < count; index++)
    if (strncmp(environ[index], crash_reporter, sizeof crash_reporter - 1) != 0)
      copy[kept++] = environ[index];
  copy[kept] = "SWIFT_BACKTRACE=enable=no";
  return copy;
}

int stoa_spawn(const char *path, char *const arguments[], int control, int errors) {
  // Above the numbers they are moved to, so that neither move overwrites the other's source.
  int high_control = fcntl(control, F_DUPFD_CLOEXEC, 16);
  int high_errors = fcntl(errors, F_DUPFD_CLOEXEC, 16);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);

  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  // Ctrl-C goes to our group only: the parent decides when its children stop.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(
    &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);

  int error = high_control < 0 || high_errors < 0 ? errno : 0;
  if (!error) error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  if (!error) error = posix_spawn_file_actions_adddup2(&actions, high_errors, 1);
  if (!error) error = posix_spawn_file_actions_adddup2(&actions, high_errors, 2);
  if (!error) error = posix_spawn_file_actions_adddup2(&actions, high_control, 3);
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, 4);
  pid_t pid = 0;
  char **environment = child_environment();
  if (!environment) error = ENOMEM;
  if (!error) error = posix_spawn(&pid, path, &actions, &attributes, arguments, environment);
  free(environment);

  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (high_control >= 0) close(high_control);
  if (high_errors >= 0) close(high_errors);
  return error ? -error : pid;
}

int stoa_process_descriptor(int pid) {
  long fd = syscall(SYS_pidfd_open, pid, 0);  // close-on-exec by definition
  return fd < 0 ? -errno : (int)fd;
}

bool stoa_reap(int pid, int *status, int *signal) {
  int result = 0;
  pid_t ended;
  do ended = waitpid(pid, &result, WNOHANG);
  while (ended < 0 && errno == EINTR);
  *signal = WIFSIGNALED(result) ? WTERMSIG(result) : 0;
  *status = WIFEXITED(result) ? WEXITSTATUS(result) : 0;
  return ended != 0;
}

int stoa_kill(int pid) { return kill(pid, SIGKILL) != 0 ? -errno : 0; }

void stoa_exit(int status) { _exit(status); }
