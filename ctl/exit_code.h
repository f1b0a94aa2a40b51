#ifndef CTL_EXIT_CODE_H
#define CTL_EXIT_CODE_H

/* How a command ends: RabbitMQ's codes, which are those of sysexits.h. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_USAGE = 64,
    EXIT_DATA = 65,        // what was given is wrong
    EXIT_NO_USER = 67,     // no such user
    EXIT_UNAVAILABLE = 69, // no broker, or a check that failed
    EXIT_SOFTWARE = 70,
    EXIT_TIMED_OUT = 75,
};

#endif
