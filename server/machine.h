#ifndef SERVER_MACHINE_H
#define SERVER_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* What the operating system has for us. All memory is in octets. */

/* The least of the machine's memory and the limits of the control groups we are in. */
uint64_t machine_memory(void);

/* The memory of this process that is in use (resident). */
uint64_t machine_memory_used(void);

/* Raises the limit of open descriptors as far as it goes and returns it. */
uint64_t machine_raise_descriptor_limit(void);

/* The limit of open descriptors as it is now; UINT64_MAX if it cannot be told. */
uint64_t machine_descriptor_limit(void);

/* How many processes this user may have; where nothing limits them, what RabbitMQ allows itself. */
uint64_t machine_process_limit(void);

/* Descriptors that are open. */
uint64_t machine_descriptors_used(void);

/* How often the system has taken a processor from this process, or been given it back. */
uint64_t machine_context_switches(void);

/* What is free on the disk that this directory is on, in octets; 0 if it cannot be told. */
uint64_t machine_free_space(const char *dir);

/* The limit that the files under `root` ("/sys/fs/cgroup") set for a process whose
 * /proc/self/cgroup is `groups`, of either version of control groups; UINT64_MAX if there is none.
 */
uint64_t machine_group_limit(const char *root, const char *groups);

#endif
