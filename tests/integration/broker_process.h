#ifndef TESTS_INTEGRATION_BROKER_PROCESS_H
#define TESTS_INTEGRATION_BROKER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/check.h"

/* Milliseconds to wait for what merely has to happen, be the machine and its disk ever so slow. */
enum { PATIENCE_MS = 60 * 1000 };

/* The real broker as a child process, with its log at hand: the one that was built along, or the
 * binary that LEVERET_BINARY names. It reads no file and no variable of the machine it is tested
 * on. Ports are free ones. Its data is in a directory of its own that goes with it, unless the
 * settings say where, or that there is none. */
struct broker_process {
    pid_t pid;       // 0: not running
    char *directory; // owned: of its data, to be removed; NULL: somebody else's, or none
    int log_fd;
    char *log; // owned: all that it has logged and somebody waited for
    size_t log_len;
    int port;     // of the first TCP listener; 0: none
    int tls_port; // of the first TLS listener; 0: none
    int ended_by; // the signal that broker_wait found it ended by, or 0
    bool quiet;   // what it logs is not shown
};

/* Starts it with these settings ("key=value", the last one NULL) and waits until it has started. A
 * TCP listener on a free port of 127.0.0.1 is there unless the settings name another. */
struct broker_process broker_start(const char *const *settings);

/* The same with a file of settings. */
struct broker_process broker_start_with(const char *config, const char *const *settings);

/* The same without waiting. */
struct broker_process broker_launch(const char *config, const char *const *settings);

/* The same with more variables in its environment ("KEY=value", the last one NULL), and quiet:
 * what it prints goes to its log. */
struct broker_process broker_launch_in(const char *const *environment, const char *const *settings);

/* With these options ("--salvage", the last one NULL) and nothing else. */
struct broker_process broker_launch_options(const char *const *options);

/* A new directory under /tmp, and its end with all that is in it. */
char *directory_make(void); // owned by the caller
void directory_remove(const char *path);

/* Waits until a broker that was launched has started, and takes note of its ports. False if it does
 * not. */
bool broker_await(struct broker_process *broker);

/* Waits until the log contains the text; false after `ms`, or if the broker ends first. */
bool broker_logs(struct broker_process *broker, const char *text, int ms);

/* Whether it has ended; broker_wait is still to be called. */
bool broker_has_ended(const struct broker_process *broker);

void broker_signal(const struct broker_process *broker, int number);

/* Waits for the end and returns the exit status; -1 if it ended by a signal, or did not within
 * `ms`, in which case it is killed. */
int broker_wait(struct broker_process *broker, int ms);

/* SIGTERM; it must end well. Gives everything back. */
void broker_stop(struct broker_process *broker);

/* Gives back what one that has ended left: its log. */
void broker_forget(struct broker_process *broker);

uint64_t broker_resident(const struct broker_process *broker); // octets of memory in use
uint64_t clock_ms(void);
void sleep_ms(int ms);

#endif
