#include "tests/sim/crash.h"

#include <sanitizer/common_interface_defs.h>
#include <signal.h>

/* A signal has no argument for whoever wants to know. */
static void (*notify)(void);

static void on_abort(int number)
{
    notify();
    signal(number, SIG_DFL);
    raise(number);
}

void crash_notify(void (*on_crash)(void))
{
    notify = on_crash;
    signal(SIGABRT, on_abort);
    __sanitizer_set_death_callback(on_crash);
}
