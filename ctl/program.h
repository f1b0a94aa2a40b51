#ifndef CTL_PROGRAM_H
#define CTL_PROGRAM_H

#include <stdio.h>

/* The command line as a whole. argv[0] says which of RabbitMQ's tools it stands in for:
 * rabbitmqctl, rabbitmq-diagnostics, rabbitmq-plugins and their like, or rabbitmqadmin. By any
 * other name it has the commands of all. Returns the exit code. */
int program_run(int argc, char *const *argv, FILE *out, FILE *err);

#endif
